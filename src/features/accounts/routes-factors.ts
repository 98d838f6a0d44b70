/** The routes for one's own passkeys and codes. */
import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import * as z from "zod";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { CHALLENGE_COOKIE } from "./cookies.ts";
import { here } from "./layer.ts";
import type { Open } from "./rooms.ts";

const done = z.object({});

export function factorRoutes(open: Open): readonly Route[] {
  return [
    route({
      method: "get",
      path: "/api/auth/passkeys",
      access: "session",
      summary: "Lists one's own passkeys.",
      reply: api.passkeysReply,
      handle: async () => {
        const { passkeys, desk } = await open();
        return { items: await passkeys.listPasskeys(desk.db, here().person.id) };
      },
    }),
    route({
      method: "post",
      path: "/api/auth/passkeys/options",
      access: "session",
      fresh: true,
      summary: "Begins a new passkey: options for the browser.",
      reply: api.webAuthnOptions,
      handle: async ({ request }) => {
        const { passkeys, signIn, visit, desk } = await open();
        signIn.expectPasskeys(desk, request);
        const { options, cookie } = await passkeys.newPasskey(desk, here().person);
        return visit.reply(options, new Headers({ "set-cookie": cookie }));
      },
    }),
    route({
      method: "post",
      path: "/api/auth/passkeys",
      access: "session",
      fresh: true,
      summary: "Adds the passkey that the browser has made.",
      body: api.passkeyBody,
      reply: api.passkey,
      handle: async ({ body, request }) => {
        const { passkeys, visit, desk } = await open();
        const { id } = here().person;
        const { name } = body;
        const credential = body.credential as RegistrationResponseJSON;
        const token = visit.cookie(request, CHALLENGE_COOKIE);
        const added = await passkeys.addPasskey(desk, id, { name, credential }, token);
        await desk.record({ actor: id, act: "passkey.added", subject: id });
        return added;
      },
    }),
    route({
      method: "delete",
      path: "/api/auth/passkeys/:id",
      access: "session",
      summary: "Removes one's own passkey.",
      handle: async ({ params }) => {
        const { passkeys, desk } = await open();
        const { id } = here().person;
        await passkeys.removePasskey(desk.db, id, params.id ?? "");
        await desk.record({ actor: id, act: "passkey.removed", subject: id });
      },
    }),
    route({
      method: "post",
      path: "/api/auth/totp",
      access: "session",
      summary: "Makes a secret for an authenticator, which counts once a code has come back.",
      body: api.passwordBody,
      reply: api.totpReply,
      handle: async ({ body, request }) => {
        const { own, desk } = await open();
        return own.beginTotp(desk, request, here(), body.password);
      },
    }),
    route({
      method: "post",
      path: "/api/auth/totp/verify",
      access: "session",
      summary: "Switches codes on by the first one.",
      body: api.totpBody,
      reply: done,
      handle: async ({ body, request }) => {
        const { own, desk } = await open();
        return own.finishTotp(desk, request, here(), body.code);
      },
    }),
    route({
      method: "post",
      path: "/api/auth/totp/disable",
      access: "session",
      summary: "Switches codes off.",
      body: api.passwordBody,
      reply: done,
      handle: async ({ body, request }) => {
        const { own, desk } = await open();
        return own.endTotp(desk, request, here(), body.password);
      },
    }),
    route({
      method: "post",
      path: "/api/auth/totp/backup-codes",
      access: "session",
      summary: "Makes new backup codes, which replace the old ones.",
      body: api.passwordBody,
      reply: api.backupCodesReply,
      handle: async ({ body, request }) => {
        const { own, desk } = await open();
        return own.newBackupCodes(desk, request, here(), body.password);
      },
    }),
  ];
}
