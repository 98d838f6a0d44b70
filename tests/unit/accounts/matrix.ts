/**
 * What each route of the whole product owes to whom. A route that is not in this table fails the
 * suite: whoever adds one says here who may ask it, and with whose ids.
 */
import type { Scope } from "../../../src/core/access.ts";

/** Ids and other things of Ana, the owner, made afresh for each route. */
export interface Things {
  readonly conversation: string;
  readonly question: string;
  readonly answer: string;
  readonly deleted: string;
  readonly share: string;
  readonly shareToken: string;
  readonly support: string;
  readonly key: string;
  readonly session: string;
  readonly passkey: string;
  readonly person: string;
  readonly invitation: string;
}

export interface Entry {
  /** Path and query, with ids in place of `{…}`. */
  readonly at?: (ana: Things) => string;
  readonly body?: (ana: Things) => unknown;
  /**
   * - `anyone`: no account is asked for (the route has its own check, or nothing to hide)
   * - `own`: what it is about belongs to Ana: for everybody else it does not exist
   * - `each`: everybody gets what is their own, and nothing of Ana's
   * - `administrator`: Ana is refused, an administrator is let in
   */
  readonly whose: "anyone" | "own" | "each" | "administrator";
  /** The scope with which a key may; none where it needs several, or only a session may. */
  readonly scope?: Scope;
  /** The status that a stranger gets where it is not 404. */
  readonly stranger?: number;
  /** Ana's own status where it is no success: what the request lacks, with everything allowed. */
  readonly owner?: number;
  /** A stream that goes on as long as somebody reads. */
  readonly endless?: boolean;
}

const ask = { messages: [{ role: "user", content: "hello" }] };
const READ = { scope: "conversations:read" } as const;
const WRITE = { scope: "conversations:write" } as const;
const CHAT = { whose: "each", scope: "chat" } as const;
const ADMINISTRATOR = { whose: "administrator" } as const;
const ANYONE = { whose: "anyone" } as const;
const MINE = { whose: "each" } as const;

export const MATRIX: Readonly<Record<string, Entry>> = {
  "GET /healthz": ANYONE,
  "GET /readyz": ANYONE,
  "GET /openapi.json": ANYONE,
  "GET /metrics": ANYONE,
  "GET /api/account/state": ANYONE,
  "POST /api/auth/set-up": ANYONE,
  "POST /api/auth/sign-in": ANYONE,
  "POST /api/auth/sign-in/code": ANYONE,
  "POST /api/auth/sign-in/passkey/options": ANYONE,
  "POST /api/auth/sign-in/passkey": ANYONE,
  "POST /api/auth/sign-out": ANYONE,
  "POST /api/auth/invitations/look": ANYONE,
  "POST /api/auth/invitations/accept": ANYONE,
  "POST /api/auth/reset": ANYONE,
  "POST /api/auth/oidc": ANYONE,
  "GET /api/auth/callback/oidc": ANYONE,
  "POST /api/shared": ANYONE,

  "POST /api/chat": { ...CHAT, body: () => ask },
  "POST /v1/chat/completions": { ...CHAT, body: () => ask },
  "POST /v1/embeddings": { ...CHAT, body: () => ({ input: "hello" }), owner: 400 },
  "POST /v1/tokenize": { ...CHAT, body: () => ({ content: "hello" }), owner: 400 },
  "POST /v1/detokenize": { ...CHAT, body: () => ({ tokens: [1] }), owner: 400 },
  "POST /v1/score": { ...CHAT, body: () => ({ input: "hello there" }), owner: 400 },
  "GET /v1/models": { ...MINE, scope: "models:read" },
  "GET /api/models": { ...MINE, scope: "models:read" },
  "GET /api/models/events": { ...MINE, scope: "models:read", endless: true },
  "POST /api/models/{id}/pull": ADMINISTRATOR,
  "DELETE /api/models/{id}/pull": ADMINISTRATOR,
  "POST /api/models/{id}/use": ADMINISTRATOR,
  "DELETE /api/models/{id}": ADMINISTRATOR,
  "GET /api/engine": { ...MINE, endless: true },

  "GET /api/conversations": { ...MINE, ...READ },
  "POST /api/conversations": { ...MINE, ...WRITE, body: () => ({}) },
  "GET /api/conversations/export": { ...MINE, ...READ },
  "POST /api/conversations/import": { ...MINE, ...WRITE, body: () => ({}), owner: 400 },
  "GET /api/conversations/{id}": { whose: "own", ...READ },
  "GET /api/conversations/{id}/export": { whose: "own", ...READ },
  "PATCH /api/conversations/{id}": { whose: "own", body: () => ({ title: "renamed" }) },
  "DELETE /api/conversations/{id}": { whose: "own", ...WRITE },
  "POST /api/conversations/{id}/restore": {
    whose: "own",
    at: ({ deleted }) => `/api/conversations/${deleted}/restore`,
  },
  "POST /api/conversations/{id}/turns": {
    whose: "own",
    body: ({ answer }) => ({ content: "more", parentId: answer }),
  },
  "GET /api/conversations/{id}/messages/{messageId}/stream": { whose: "own", ...READ },
  "POST /api/conversations/{id}/messages/{messageId}/stop": { whose: "own" },
  "POST /api/conversations/{id}/shares": { whose: "own", body: () => ({ days: 1 }) },
  "POST /api/conversations/{id}/support": {
    whose: "own",
    body: () => ({ hours: 1, reason: "look" }),
  },
  "GET /api/sharing": MINE,
  "DELETE /api/shares/{id}": { whose: "own", at: ({ share }) => `/api/shares/${share}` },
  "DELETE /api/support/{id}": { whose: "own", at: ({ support }) => `/api/support/${support}` },
  "GET /api/support": ADMINISTRATOR,
  "GET /api/support/{id}/conversation": {
    ...ADMINISTRATOR,
    at: ({ support }) => `/api/support/${support}/conversation`,
  },

  "GET /api/personal-data": { ...MINE, ...READ },
  "POST /api/personal-data/check": { ...MINE, ...WRITE, body: () => ({ text: "hello" }) },
  "GET /api/personal-data/{conversationId}": {
    // Nothing stands for anything, there as in a conversation that does not exist.
    ...{ whose: "own", ...READ, stranger: 200 },
    at: ({ conversation }) => `/api/personal-data/${conversation}`,
  },

  "GET /api/auth/passkeys": MINE,
  "POST /api/auth/passkeys/options": MINE,
  "POST /api/auth/passkeys": { ...MINE, body: () => ({}), owner: 400 },
  "DELETE /api/auth/passkeys/{id}": {
    whose: "own",
    at: ({ passkey }) => `/api/auth/passkeys/${passkey}`,
  },
  "POST /api/auth/totp": { ...MINE, body: () => ({ password: "wrong" }), owner: 403 },
  "POST /api/auth/totp/verify": { ...MINE, body: () => ({ code: "000000" }), owner: 409 },
  "POST /api/auth/totp/disable": { ...MINE, body: () => ({ password: "wrong" }), owner: 403 },
  "POST /api/auth/totp/backup-codes": { ...MINE, body: () => ({ password: "no" }), owner: 409 },
  "PATCH /api/auth/profile": { ...MINE, body: () => ({ name: "Somebody" }) },
  "POST /api/auth/password": {
    ...MINE,
    body: () => ({ current: "wrong", next: "correct horse battery staple 2" }),
    owner: 403,
  },
  "GET /api/auth/sessions": MINE,
  // Without a cookie of another session there is nothing to end.
  "DELETE /api/auth/sessions": MINE,
  "DELETE /api/auth/sessions/{id}": {
    whose: "own",
    at: ({ session }) => `/api/auth/sessions/${session}`,
  },
  "GET /api/auth/keys": MINE,
  "POST /api/auth/keys": { ...MINE, body: () => ({ name: "k", scopes: ["chat"], days: 1 }) },
  "DELETE /api/auth/keys/{id}": { whose: "own", at: ({ key }) => `/api/auth/keys/${key}` },
  "GET /api/auth/people": ADMINISTRATOR,
  "PATCH /api/auth/people/{id}": {
    ...ADMINISTRATOR,
    at: ({ person }) => `/api/auth/people/${person}`,
    body: () => ({ role: "member" }),
  },
  "POST /api/auth/people/{id}/reset": {
    ...ADMINISTRATOR,
    at: ({ person }) => `/api/auth/people/${person}/reset`,
    body: () => ({}),
  },
  "GET /api/auth/invitations": ADMINISTRATOR,
  "POST /api/auth/invitations": {
    ...ADMINISTRATOR,
    body: ({ conversation }) => ({ email: `${conversation}@example.org` }),
  },
  "DELETE /api/auth/invitations/{id}": {
    ...ADMINISTRATOR,
    at: ({ invitation }) => `/api/auth/invitations/${invitation}`,
  },

  "GET /api/limits": MINE,
  "GET /api/limits/people/{id}": {
    ...ADMINISTRATOR,
    at: ({ person }) => `/api/limits/people/${person}`,
  },
  "PUT /api/limits/people/{id}": {
    ...ADMINISTRATOR,
    at: ({ person }) => `/api/limits/people/${person}`,
    body: () => ({ tokens: null }),
  },
  "GET /api/audit": ADMINISTRATOR,
  "GET /api/audit/verify": ADMINISTRATOR,
  "GET /api/rights": MINE,
  "POST /api/rights/export": { ...MINE, body: () => ({}) },
  "POST /api/rights/erase": { ...MINE, body: () => ({ confirm: "not my name" }), owner: 400 },
  "POST /api/rights/people/{person}/erase": {
    ...ADMINISTRATOR,
    at: ({ person }) => `/api/rights/people/${person}/erase`,
    body: () => ({ confirm: "not the name" }),
  },
};
