/**
 * The routes for everybody: how one comes in, and one's own account. `people.ts` and `links.ts` are
 * behind `routes-people.ts`. What each takes and gives is in `api.ts`.
 */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import * as z from "zod";
import { type Input, type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { CHALLENGE_COOKIE } from "./cookies.ts";
import type { Desk } from "./desk.ts";
import { keyDays } from "./errors.ts";
import { listKeys, makeKey, revokeKey } from "./keys.ts";
import { here } from "./layer.ts";
import type * as own from "./own.ts";
import type * as passkeys from "./passkeys.ts";
import { rename } from "./people.ts";
import type * as signIn from "./sign-in.ts";
import type * as visit from "./visit.ts";

/** What is loaded when the first request needs it. */
export interface Rooms {
  readonly desk: Desk;
  readonly signIn: typeof signIn;
  readonly own: typeof own;
  readonly passkeys: typeof passkeys;
  readonly visit: typeof visit;
}
export type Open = () => Promise<Rooms>;

const done = z.object({});
const thing = ({ params }: Pick<Input, "params">) => params.id ?? "";

export const accountRoutes = (open: Open): readonly Route[] => [
  ...doorRoutes(open),
  ...factorRoutes(open),
  ...ownRoutes(open),
];

function doorRoutes(open: Open): readonly Route[] {
  const anyone = { method: "post", access: "anyone", reply: api.signInReply } as const;
  return [
    route({
      method: "get",
      path: "/api/account/state",
      access: "anyone",
      summary: "Says who is signed in, and how one can sign in.",
      reply: api.state,
      handle: async ({ request }) => {
        const { own, desk } = await open();
        return own.state(desk, request);
      },
    }),
    route({
      ...anyone,
      path: "/api/auth/set-up",
      summary: "Makes the first administrator, by the token that the terminal has printed.",
      body: api.setUpBody,
      handle: async ({ body, request }) => {
        const { signIn, desk } = await open();
        return signIn.setUp(desk, request, body);
      },
    }),
    route({
      ...anyone,
      path: "/api/auth/sign-in",
      summary: "Signs in by address and password; a code may be asked next.",
      body: api.signInBody,
      handle: async ({ body, request }) => {
        const { signIn, desk } = await open();
        return signIn.signIn(desk, request, body);
      },
    }),
    route({
      ...anyone,
      path: "/api/auth/sign-in/code",
      summary: "Ends a sign-in by a code of the authenticator, or a backup code.",
      body: api.codeBody,
      handle: async ({ body, request }) => {
        const { signIn, desk } = await open();
        return signIn.signInByCode(desk, request, body);
      },
    }),
    route({
      ...anyone,
      path: "/api/auth/sign-in/passkey/options",
      summary: "Begins a sign-in by passkey: options for the browser.",
      reply: api.webAuthnOptions,
      handle: async ({ request }) => {
        const { signIn, desk } = await open();
        return signIn.passkeyOptions(desk, request);
      },
    }),
    route({
      ...anyone,
      path: "/api/auth/sign-in/passkey",
      summary: "Signs in by what the browser's passkey has signed.",
      body: api.passkeySignInBody,
      handle: async ({ body, request }) => {
        const { signIn, desk } = await open();
        return signIn.signInByPasskey(desk, request, body as AuthenticationResponseJSON);
      },
    }),
    route({
      ...anyone,
      path: "/api/auth/sign-out",
      summary: "Ends the session.",
      reply: done,
      handle: async ({ request }) => {
        const { signIn, desk } = await open();
        return signIn.signOut(desk, request);
      },
    }),
    route({
      ...anyone,
      path: "/api/auth/invitations/accept",
      summary: "Makes an account by an invitation, and signs in.",
      body: api.acceptBody,
      handle: async ({ body, request }) => {
        const { signIn, desk } = await open();
        return signIn.accept(desk, request, body);
      },
    }),
    route({
      ...anyone,
      path: "/api/auth/reset",
      summary: "Sets a new password by an administrator's link, and ends all sessions.",
      body: api.resetBody,
      reply: done,
      handle: async ({ body, request }) => {
        const { own, desk } = await open();
        await own.reset(desk, request, body);
        return {};
      },
    }),
    route({
      ...anyone,
      path: "/api/auth/oidc",
      summary: "Begins a sign-in by OpenID Connect: the address to go to.",
      reply: api.oidcReply,
      handle: async ({ request }) => {
        const { signIn, desk } = await open();
        return signIn.startOidc(desk, request);
      },
    }),
    route({
      method: "get",
      path: "/api/auth/callback/oidc",
      access: "anyone",
      summary: "Ends a sign-in by OpenID Connect; the provider sends the browser here.",
      query: api.oidcQuery,
      handle: async ({ query, request }) => {
        const { signIn, desk } = await open();
        return signIn.endOidc(desk, request, query);
      },
    }),
  ];
}

function factorRoutes(open: Open): readonly Route[] {
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
        await passkeys.removePasskey(desk.db, id, thing({ params }));
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

function ownRoutes(open: Open): readonly Route[] {
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
        await own.endSession(desk, here(), thing({ params }));
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
        await revokeKey(desk.db, id, thing({ params }));
        await desk.record({ actor: id, act: "key.revoked", subject: id });
      },
    }),
  ];
}
