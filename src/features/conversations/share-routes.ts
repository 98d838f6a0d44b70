/**
 * The routes by which others get to see a chat: links, and support. Making and revoking them needs
 * a session: a key that was made for a program cannot publish what its person wrote.
 */
import * as z from "zod";
import { whoAsks } from "../../core/access.ts";
import { type Input, type Route, route, text } from "../../core/route.ts";
import * as api from "./api.ts";
import { shareNotFound, sharingDisabled } from "./errors.ts";
import type { SharingPolicy } from "./policy.ts";
import { type Proving, proofsOf } from "./receipts.ts";
import type { Shares } from "./shares.ts";
import type { Store } from "./store.ts";
import type { Support } from "./support.ts";

export interface ShareTools {
  readonly store: Store;
  readonly shares: Shares;
  readonly support: Support;
  readonly policy: SharingPolicy;
  readonly house: Proving;
}

const ONE = "/api/conversations/:id";
const idIn = ({ params }: Pick<Input, "params">) => params.id ?? "";

export function shareRoutes(tools: ShareTools): readonly Route[] {
  return [...linkRoutes(tools), ...supportRoutes(tools)];
}

function linkRoutes({ store, shares, support, policy, house }: ShareTools): readonly Route[] {
  return [
    route({
      method: "get",
      path: "/api/sharing",
      access: "session",
      summary: "Lists the own links and leaves to read a chat, and says what may be made.",
      reply: api.sharing,
      async handle() {
        const { id, via } = whoAsks();
        return {
          links: policy.enabled ? { maxDays: policy.max_days } : null,
          // Alone at this machine there is nobody to be let in.
          support: policy.support && via !== "solo" ? { maxHours: policy.support_max_hours } : null,
          shares: await shares.list(id),
          grants: await support.list(id),
        };
      },
    }),
    route({
      method: "post",
      path: `${ONE}/shares`,
      stores: "a copy",
      access: "session",
      summary: "Makes a link to a snapshot of the current branch; its token is told only now.",
      body: z.strictObject({ days: z.int().min(1).max(policy.max_days) }),
      reply: api.shareReply,
      async handle({ params, body }) {
        const owner = whoAsks().id;
        const chat = await store.read(owner, idIn({ params }));
        if (!policy.enabled) throw sharingDisabled();
        return shares.create(owner, chat, body.days, proofsOf(house, owner));
      },
    }),
    route({
      method: "delete",
      path: "/api/shares/:id",
      access: "session",
      summary: "Revokes a link.",
      handle: ({ params }) => shares.revoke(whoAsks().id, idIn({ params })),
    }),
    route({
      // The token comes in the body, so that no log or history of addresses has it.
      method: "post",
      path: "/api/shared",
      access: "anyone",
      summary: "Opens a shared chat by the token of its link.",
      generated: true,
      // A thousand connections of strangers, each with a body that never ends, must fit in memory.
      maxBytes: 32_768,
      body: z.strictObject({ token: z.string().max(1000) }),
      reply: api.sharedChat,
      async handle({ body }) {
        if (!policy.enabled) throw shareNotFound();
        const headers = { "cache-control": "no-store", "x-robots-tag": "noindex" };
        return Response.json(await shares.open(body.token), { headers });
      },
    }),
  ];
}

function supportRoutes({ support, policy }: ShareTools): readonly Route[] {
  if (!policy.support) return [];
  const body = z.strictObject({
    hours: z.int().min(1).max(policy.support_max_hours),
    reason: text.min(1).max(500),
  });
  return [
    route({
      method: "post",
      path: `${ONE}/support`,
      access: "session",
      summary: "Lets administrators read a conversation for some hours.",
      body,
      reply: api.grant,
      handle: ({ params, body: { hours, reason } }) =>
        support.grant(whoAsks().id, idIn({ params }), hours, reason),
    }),
    route({
      method: "delete",
      path: "/api/support/:id",
      access: "session",
      summary: "Takes the leave to read a conversation back.",
      handle: ({ params }) => support.revoke(whoAsks().id, idIn({ params })),
    }),
    route({
      method: "get",
      path: "/api/support",
      access: "administrator",
      summary: "Lists the conversations that people let administrators read.",
      reply: z.object({ grants: z.array(api.grant) }),
      handle: async () => ({ grants: await support.list() }),
    }),
    route({
      method: "get",
      path: "/api/support/:id/conversation",
      access: "administrator",
      summary:
        "Reads a conversation that its owner lets administrators read; the audit log has it.",
      reply: api.conversation,
      handle: ({ params }) => support.read(whoAsks().id, idIn({ params })),
    }),
  ];
}
