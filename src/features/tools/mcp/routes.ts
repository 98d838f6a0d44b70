/** Servers of tools over HTTP. No `access` stands here: all of it is for a person's own session. */
import { whoAsks } from "../../../core/access.ts";
import { type Route, route } from "../../../core/route.ts";
import * as api from "../api.ts";
import type { ServerDesk } from "./desk.ts";
import type { Server } from "./store.ts";

export const serverRoutes = (desk: ServerDesk, own: boolean): readonly Route[] => [
  route({
    method: "get",
    path: "/api/tools/servers",
    summary: "Lists the tool servers (MCP) that one can use.",
    reply: api.serverList,
    async handle() {
      const all = await desk.list(whoAsks().id);
      return { own, items: all.map((one) => shown(one, one.operator)) };
    },
  }),
  route({
    method: "post",
    path: "/api/tools/servers",
    summary: "Adds a tool server (MCP) of one's own by its address.",
    body: api.serverBody,
    reply: api.serverShown,
    handle: async ({ body }) => shown(await desk.add(whoAsks().id, body), false),
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
    async handle({ params: { id = "" }, body }) {
      const server = await desk.agree(whoAsks().id, id, body.pins);
      return shown(server, server.url === undefined);
    },
  }),
  route({
    method: "delete",
    path: "/api/tools/servers/:id",
    summary: "Removes a tool server of one's own, or what one has agreed to of the operator's.",
    handle: ({ params: { id = "" } }) => desk.remove(whoAsks().id, id),
  }),
];

const shown = ({ id, name, url, agreed }: Server, operator: boolean): api.ServerShown => ({
  ...{ id, name, operator, url: url ?? null, tools: agreed.map((one) => one.name) },
});
