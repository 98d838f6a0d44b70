/** The routes for one's own name, password, sessions and API keys. */
import * as z from "zod";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { keyDays } from "./errors.ts";
import { listKeys, makeKey, revokeKey } from "./keys.ts";
import { here } from "./layer.ts";
import { rename } from "./people.ts";
import type { Open } from "./rooms.ts";

const done = z.object({});

export function ownRoutes(open: Open): readonly Route[] {
  return [
    route({
      method: "patch",
      path: "/api/auth/profile",
      access: "session",
      summary: "Changes one's own name.",
      body: api.profileBody,
      reply: done,
      handle: async ({ body }) => {
        const { desk } = await open();
        await rename(desk.db, here().person.id, body.name);
        return {};
      },
    }),
    route({
      method: "post",
      path: "/api/auth/password",
      access: "session",
      summary: "Changes one's own password, and ends all other sessions.",
      body: api.changePasswordBody,
      reply: done,
      handle: async ({ body, request }) => {
        const { own, desk } = await open();
        return own.changePassword(desk, request, here(), body);
      },
    }),
    route({
      method: "get",
      path: "/api/auth/sessions",
      access: "session",
      summary: "Lists one's own sessions.",
      reply: api.sessionsReply,
      handle: async () => {
        const { own, desk } = await open();
        return { items: await own.sessions(desk, here()) };
      },
    }),
    route({
      method: "delete",
      path: "/api/auth/sessions",
      access: "session",
      summary: "Ends all of one's own sessions but this one.",
      handle: async () => {
        const { own, desk } = await open();
        await own.endSession(desk, here());
      },
    }),
    route({
      method: "delete",
      path: "/api/auth/sessions/:id",
      access: "session",
      summary: "Ends one of one's own sessions.",
      handle: async ({ params }) => {
        const { own, desk } = await open();
        await own.endSession(desk, here(), params.id ?? "");
      },
    }),
    route({
      method: "get",
      path: "/api/auth/keys",
      access: "session",
      summary: "Lists one's own API keys, without the keys themselves.",
      reply: api.keysReply,
      handle: async () => {
        const { desk } = await open();
        const items = await listKeys(desk.db, here().person.id);
        return { items, maxDays: desk.policy.key_days };
      },
    }),
    route({
      method: "post",
      path: "/api/auth/keys",
      access: "session",
      fresh: true,
      summary: "Makes an API key, which is shown this once.",
      body: api.keyBody,
      reply: api.keyReply,
      handle: async ({ body }) => {
        const { desk } = await open();
        const { id } = here().person;
        if (body.days > desk.policy.key_days) throw keyDays(desk.policy.key_days);
        const details = { scopes: body.scopes.join(" "), days: body.days };
        await desk.record({ actor: id, act: "key.created", subject: id, details });
        return makeKey(desk.db, id, body);
      },
    }),
    route({
      method: "delete",
      path: "/api/auth/keys/:id",
      access: "session",
      summary: "Revokes one's own API key.",
      handle: async ({ params }) => {
        const { desk } = await open();
        const { id } = here().person;
        await revokeKey(desk.db, id, params.id ?? "");
        await desk.record({ actor: id, act: "key.revoked", subject: id });
      },
    }),
  ];
}
