/** The routes of `api.ts`. Nothing of a check is stored or logged. */
import { whoAsks } from "../../core/access.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import type { PersonalDataPolicy } from "./policy.ts";
import type { Found } from "./scan.ts";
import type { Books } from "./store.ts";

const ROOT = "/api/personal-data";

export interface RoutesOptions {
  readonly policy: PersonalDataPolicy;
  readonly books: Books;
  look(text: string, signal: AbortSignal): Promise<readonly Found[]>;
}

export function routes({ policy, books, look }: RoutesOptions): readonly Route[] {
  return [
    route({
      method: "get",
      path: ROOT,
      summary: "Says what the organisation asks of every chat about personal data.",
      access: "conversations:read",
      reply: api.ruleReply,
      handle: () => ({
        floor: policy.floor,
        default: policy.default,
        names: policy.names === "model",
      }),
    }),
    route({
      method: "post",
      path: `${ROOT}/check`,
      summary: "Looks for personal data in a text, and keeps nothing of it.",
      access: "conversations:write",
      body: api.checkBody,
      reply: api.checkReply,
      handle: async ({ body, signal }) => ({ found: await look(body.text, signal) }),
    }),
    route({
      method: "get",
      path: `${ROOT}/:conversationId`,
      summary: "Gives what the placeholders of one's own conversation stand for.",
      access: "conversations:read",
      reply: api.bookReply,
      async handle({ params }) {
        const entries = await books.entries(whoAsks().id, params.conversationId ?? "");
        return {
          placeholders: entries.flatMap(({ name, value }) =>
            value === null ? [] : { name, value },
          ),
        };
      },
    }),
  ];
}
