/** The routes by which one comes in and goes out; what each takes and gives is in `api.ts`. */
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import * as z from "zod";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import type { Open } from "./rooms.ts";

const done = z.object({});
const anyone = {
  method: "post",
  access: "anyone",
  maxBytes: api.STRANGER_BYTES,
  reply: api.signInReply,
} as const;

export function doorRoutes(open: Open): readonly Route[] {
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
      handle: async ({ body }) => {
        const { own, desk } = await open();
        await own.reset(desk, body);
        return {};
      },
    }),
    route({
      ...anyone,
      path: "/api/auth/oidc",
      summary: "Begins a sign-in by OpenID Connect: the address to go to.",
      reply: api.oidcReply,
      handle: async ({ request }) => {
        const { oidc, desk } = await open();
        return oidc.startOidc(desk, request);
      },
    }),
    route({
      method: "get",
      path: "/api/auth/callback/oidc",
      access: "anyone",
      summary: "Ends a sign-in by OpenID Connect; the provider sends the browser here.",
      query: api.oidcQuery,
      handle: async ({ query, request }) => {
        const { oidc, desk } = await open();
        return oidc.endOidc(desk, request, query);
      },
    }),
  ];
}
