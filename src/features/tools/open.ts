/** What the feature does once it is opened: the loop around turns, its tools, its routes, a person's rights. */
import { whoAsks } from "../../core/access.ts";
import { type House, type Openable, openable } from "../../core/feature.ts";
import type { Rights } from "../../core/rights.ts";
import { type Route, route } from "../../core/route.ts";
import { DAY_MS } from "../../core/time.ts";
import type { Tool } from "../../core/toolbox.ts";
import * as api from "./api.ts";
import { Approvals } from "./approvals.ts";
import { builtIn } from "./builtin/index.ts";
import { loopStep } from "./loop.ts";
import { ServerDesk } from "./mcp/desk.ts";
import { serverRoutes } from "./mcp/routes.ts";
import { SignInDesk } from "./mcp/sign-in/desk.ts";
import { ownOf } from "./mcp/sign-in/own.ts";
import { SignIns, signInMigrations } from "./mcp/sign-in/store.ts";
import { Servers, serverMigrations } from "./mcp/store.ts";
import { named, type ToolsPolicy, toolsPolicy } from "./policy.ts";
import type { Reach } from "./reach.ts";
import { migrations } from "./tables.ts";

/** Days that a decision is kept after its time, to say what became of a call. */
const KEPT_DAYS = 30;

export const toolsOf = (reach: () => Promise<Reach>): Openable =>
  openable({
    name: "tools",
    policy: { section: "tools", schema: toolsPolicy },
    migrations: { ...migrations, ...serverMigrations, ...signInMigrations },
    open(house) {
      const approvals = new Approvals(house.db, house.vault);
      const own = builtIn(house.policy, reach);
      const servers = new Servers(house.db, house.vault);
      const signIns = new SignIns(house.db, house.vault);
      const { policy, settings } = house;
      const us = ownOf(settings, reach);
      const signInDesk = new SignInDesk(signIns, reach, () => us.document());
      const desk = new ServerDesk(servers, signInDesk, policy, reach, settings.version);
      return {
        steps: [loopStep(house, approvals)],
        tools: async (person) => [...own, ...(await desk.tools(person))],
        routes: [...serverRoutes(desk, policy.own_servers, us), ...routesOf(house, approvals)],
        rights: rightsOf(approvals, { servers, signIns }, desk),
        stop: () => desk.close(),
        forgetConversations: (ids) => approvals.forget(ids),
        every: [
          {
            ms: DAY_MS,
            failed: "decisions about tools stay",
            run: () => approvals.sweep(new Date(Date.now() - KEPT_DAYS * DAY_MS)),
          },
        ],
      };
    },
  });

/** No `access` stands here: what a model may do is for a person's own session to say, never for a key. */
const routesOf = (house: House<ToolsPolicy>, approvals: Approvals): readonly Route[] => [
  route({
    method: "get",
    path: "/api/tools",
    summary: "Lists the tools that one's chats can be allowed to use.",
    reply: api.toolList,
    async handle() {
      const all = await house.others.tools(whoAsks().id);
      return { items: all.filter(({ name }) => named(house.policy.allow, name)).map(shown) };
    },
  }),
  route({
    method: "get",
    path: "/api/tools/waiting",
    summary: "Lists the calls of a chat that wait for their person, with their exact arguments.",
    query: api.waitingQuery,
    reply: api.waitingList,
    handle: async ({ query }) => ({
      items: await approvals.waiting(whoAsks().id, query.conversation),
    }),
  }),
  route({
    method: "post",
    path: "/api/tools/waiting/:id",
    summary: "Allows a call that waits, once and with these arguments, or refuses it.",
    body: api.decideBody,
    reply: api.decideReply,
    async handle({ params: { id = "" }, body: { approve } }) {
      const owner = whoAsks().id;
      const { conversation } = await approvals.decide(owner, id, approve);
      house.note?.({ event: "tool", level: "info", outcome: approve ? "allowed" : "refused" });
      return { left: (await approvals.waiting(owner, conversation)).length };
    },
  }),
];

const shown = ({ name, label, about, reads, writes, sends }: Tool): api.ToolShown => ({
  ...{ name, label, about, reads: [...reads] },
  ...{ writes: writes ?? null, sends: sends ?? null },
});

interface Kept {
  readonly servers: Servers;
  readonly signIns: SignIns;
}

const rightsOf = (approvals: Approvals, { servers, signIns }: Kept, desk: ServerDesk): Rights => ({
  async *collect(person) {
    const rows = await Array.fromAsync(approvals.of(person));
    if (rows.length > 0)
      yield { path: "tools/approvals.json", content: `${JSON.stringify(rows, null, 2)}\n` };
    // What opens a server to whoever has it stays here: an archive is carried around.
    const kept = (await servers.of(person)).map(({ token, client, ...one }) => ({
      ...one,
      ...(token !== undefined && { token: HIDDEN }),
      ...(client && {
        client: { ...client, ...(client.secret !== undefined && { secret: HIDDEN }) },
      }),
    }));
    if (kept.length > 0)
      yield { path: "tools/servers.json", content: `${JSON.stringify(kept, null, 2)}\n` };
    const told = [...(await signIns.of(person))].map(([id, { state, issuer, wanted, tokens }]) => ({
      ...{ server: id, state, issuer, wanted, scope: tokens?.scope },
    }));
    if (told.length > 0)
      yield { path: "tools/sign-ins.json", content: `${JSON.stringify(told, null, 2)}\n` };
  },
  async erase(person) {
    const decisions = await approvals.erase(person);
    const gone = await desk.erase(person);
    return [
      {
        what: "tool approvals",
        words: { en: "Decisions about tools", es: "Decisiones sobre herramientas" },
        count: decisions,
      },
      {
        what: "tool servers",
        words: { en: "Servers of tools", es: "Servidores de herramientas" },
        count: gone.servers,
      },
      {
        what: "tool sign-ins",
        words: {
          en: "Sign-ins at servers of tools",
          es: "Sesiones en servidores de herramientas",
        },
        count: gone.signIns,
      },
    ];
  },
  async giveTo(from, to) {
    await approvals.giveTo(from, to);
    await servers.giveTo(from, to);
    await signIns.giveTo(from, to);
  },
});

const HIDDEN = "(not given out)";
