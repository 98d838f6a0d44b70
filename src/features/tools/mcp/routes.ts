/** The servers of tools over HTTP. No key is let in here: all of it is for a person's own session. */
import { whoAsks } from "../../../core/access.ts";
import { type Route, route } from "../../../core/route.ts";
import * as api from "../api.ts";
import type { Listed, ServerDesk } from "./desk.ts";
import type { Own } from "./sign-in/own.ts";
import { hostOf } from "./sign-in/protocol.ts";

export const serverRoutes = (desk: ServerDesk, add: boolean, own: Own): readonly Route[] => [
  route({
    method: "get",
    path: "/api/tools/servers",
    summary: "Lists the tool servers (MCP) that one can use.",
    reply: api.serverList,
    async handle({ request }) {
      const all = await desk.list(whoAsks().id);
      return { own: add, redirect: own.redirect(request), items: all.map(shown) };
    },
  }),
  route({
    method: "post",
    path: "/api/tools/servers",
    summary: "Adds a tool server (MCP) of one's own by its address.",
    body: api.serverBody,
    reply: api.serverShown,
    async handle({ body: { clientId, clientSecret: secret, ...body } }) {
      const client = clientId === undefined ? undefined : { id: clientId, secret };
      return shown(await desk.add(whoAsks().id, { ...body, client }));
    },
  }),
  route({
    method: "get",
    path: "/api/tools/servers/:id",
    summary: "Asks a tool server what it offers, with every description and schema.",
    reply: api.offerList,
    handle: async ({ params: { id = "" } }) => ({ items: await desk.look(whoAsks().id, id) }),
  }),
  route({
    method: "put",
    path: "/api/tools/servers/:id",
    summary: "Agrees to tools of a server as they are described now, and to no others.",
    body: api.agreeBody,
    reply: api.serverShown,
    handle: async ({ params: { id = "" }, body }) =>
      shown(await desk.agree(whoAsks().id, id, body.pins)),
  }),
  route({
    method: "delete",
    path: "/api/tools/servers/:id",
    summary:
      "Removes a tool server of one's own, or what one has agreed to of the operator's; and forgets a sign-in.",
    handle: ({ params: { id = "" } }) => desk.remove(whoAsks().id, id),
  }),
  route({
    method: "post",
    path: "/api/tools/servers/:id/sign-in",
    summary: "Begins to sign in to a tool server: where the browser goes for it.",
    reply: api.signInReply,
    async handle({ params: { id = "" }, request }) {
      const { id: owner, credential } = whoAsks();
      return { url: await desk.signIn(owner, credential, id, own.redirect(request)) };
    },
  }),
  route({
    method: "post",
    path: "/api/tools/signed-in",
    summary: "Ends what was begun in the same session, by what the browser has brought back.",
    body: api.signedInBody,
    reply: api.serverShown,
    async handle({ body }) {
      const { id: owner, credential } = whoAsks();
      return shown(await desk.signedIn(owner, credential, body));
    },
  }),
  route({
    method: "get",
    path: "/api/tools/client",
    access: "anyone",
    summary:
      "Says what Charla is, where one signs in to tool servers (Client ID Metadata Document).",
    reply: api.clientDocument,
    handle: () => own.described(),
  }),
];

const shown = ({ id, name, url, agreed, operator, signIn }: Listed): api.ServerShown => ({
  ...{ id, name, operator, url: url ?? null, tools: agreed.map((one) => one.name) },
  signIn: signIn ? { state: signIn.state, place: hostOf(signIn.issuer) } : null,
});
