/**
 * What each route of the whole product owes to whom. A route that is not in this table fails the
 * suite: whoever adds one says here who may ask it, and with whose ids.
 */
import type { Scope } from "../../../src/core/access.ts";
import { png } from "../../fixtures/images.ts";

/** Ids and other things of Ana, the owner, made afresh for each route. */
export interface Things {
  readonly conversation: string;
  readonly question: string;
  readonly answer: string;
  readonly deleted: string;
  /** A message of the conversation. */
  readonly deletedMessage: string;
  readonly share: string;
  readonly shareToken: string;
  readonly support: string;
  readonly key: string;
  readonly session: string;
  readonly passkey: string;
  readonly person: string;
  readonly invitation: string;
  readonly job: string;
  readonly imported: string;
  readonly folder: string;
  readonly assistant: string;
  readonly savedPrompt: string;
  readonly fact: string;
  readonly collection: string;
  /** Of files that went into the collection together. */
  readonly batch: string;
  readonly file: string;
  readonly image: string;
  readonly evaluation: string;
  readonly study: string;
  readonly rating: string;
  /** Of `/v1/responses`. */
  readonly response: string;
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
  readonly scope?: Scope | "any";
  /** A key may come as `x-api-key`, too. */
  readonly keyHeader?: true;
  /** The status that a stranger gets where it is not 404. */
  readonly stranger?: number;
  /** Ana's own status where it is no success: what the request lacks, with everything allowed. */
  readonly owner?: number;
  /** A stream that goes on as long as somebody reads. */
  readonly endless?: boolean;
}

const PIXEL = png(1, 1, [0, 0, 0]);

const ask = { messages: [{ role: "user", content: "hello" }] };
const READ = { scope: "conversations:read" } as const;
const WRITE = { scope: "conversations:write" } as const;
const STORE_READ = { whose: "own", scope: "files:read" } as const;
const STORE_WRITE = { whose: "own", scope: "files:write" } as const;
const CHAT = { whose: "each", scope: "chat" } as const;
const ADMINISTRATOR = { whose: "administrator" } as const;
const ANYONE = { whose: "anyone" } as const;
const MINE = { whose: "each" } as const;

export const MATRIX: Readonly<Record<string, Entry>> = {
  "GET /healthz": ANYONE,
  "GET /readyz": ANYONE,
  "GET /api/features": ANYONE,
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
  "POST /api/temporary": { ...CHAT, body: () => ask },
  "POST /v1/chat/completions": { ...CHAT, body: () => ask },
  "POST /v1/completions": { ...CHAT, body: () => ({ prompt: "Once upon a time" }) },
  "POST /api/provenance/detect": { ...MINE, body: () => ({ text: "hello" }), owner: 400 },
  "POST /api/provenance/replay": {
    ...MINE,
    body: () => ({ receipt: "no", text: "hello", prompt: [{ role: "user", content: "hi" }] }),
    owner: 404,
  },
  "POST /api/provenance/label": {
    ...MINE,
    body: () => ({ receipt: "no", text: "hello", language: "en" }),
    owner: 409,
  },
  "POST /api/provenance/credentials": { ...MINE, body: () => ({ text: "hello" }) },
  "GET /api/provenance/anchors": ADMINISTRATOR,
  "POST /api/provenance/anchors": { ...ADMINISTRATOR, owner: 409 },
  "GET /api/provenance/membership": MINE,
  "GET /api/provenance/membership/{part}": {
    ...MINE,
    at: () => "/api/provenance/membership/semaphore-20.wasm",
    owner: 409,
  },
  "POST /api/provenance/groups": { ...MINE, owner: 409 },
  "GET /api/provenance/groups/{index}/leaves": {
    ...MINE,
    at: () => "/api/provenance/groups/0/leaves",
    owner: 404,
  },
  "GET /api/receipts": { ...CHAT },
  "GET /api/receipts/{id}": { ...CHAT, at: () => "/api/receipts/none", owner: 404 },
  "GET /log/checkpoint": ADMINISTRATOR,
  "GET /log/keys": MINE,
  "GET /log/tile/{path}": { ...ADMINISTRATOR, at: () => "/log/tile/0/000", owner: 404 },
  "GET /log/entries/{index}": { ...ADMINISTRATOR, at: () => "/log/entries/999999", owner: 404 },
  "GET /log/consistency": { ...ADMINISTRATOR, at: () => "/log/consistency?first=0&second=0" },
  "POST /log/cosignatures": { ...ADMINISTRATOR, body: () => ({ note: "x" }), owner: 400 },
  "POST /v1/embeddings": { ...CHAT, body: () => ({ input: "hello" }), owner: 400 },
  "POST /v1/tokenize": { ...CHAT, body: () => ({ content: "hello" }), owner: 400 },
  "POST /v1/detokenize": { ...CHAT, body: () => ({ tokens: [1] }), owner: 400 },
  "POST /v1/score": { ...CHAT, body: () => ({ input: "hello there" }), owner: 400 },
  "POST /v1/responses": { ...CHAT, body: () => ({ input: "hello" }) },
  "GET /v1/responses/{id}": {
    ...{ whose: "own", scope: "chat", at: ({ response }) => `/v1/responses/${response}` },
  },
  "GET /v1/responses/{id}/input_items": {
    ...{ whose: "own", scope: "chat" },
    at: ({ response }) => `/v1/responses/${response}/input_items`,
  },
  "POST /v1/responses/{id}/cancel": {
    ...{ whose: "own", scope: "chat", owner: 400 },
    at: ({ response }) => `/v1/responses/${response}/cancel`,
  },
  "POST /v1/responses/input_tokens": { ...CHAT, body: () => ({ input: "hello" }) },
  "DELETE /v1/responses/{id}": {
    ...{ whose: "own", scope: "chat", at: ({ response }) => `/v1/responses/${response}` },
  },
  "POST /v1/messages": { ...CHAT, keyHeader: true, body: () => ({ ...ask, max_tokens: 8 }) },
  "POST /v1/messages/count_tokens": { ...CHAT, keyHeader: true, body: () => ask },
  // Without the headers of the protocol; which tools a key is offered is tried in tests/unit/mcp.
  "POST /mcp": { ...MINE, scope: "any", body: () => ({}), owner: 415 },
  "GET /mcp": { ...MINE, scope: "any", owner: 405 },
  "DELETE /mcp": { ...MINE, scope: "any", owner: 405 },
  "GET /v1/models": { ...MINE, scope: "models:read" },
  "GET /v1/models/{id}": {
    ...{ ...MINE, scope: "models:read" },
    at: () => "/v1/models/default",
  },
  "GET /api/offline": MINE,
  "GET /api/offline/engine": MINE,
  "GET /api/offline/models/{id}": { ...MINE, at: () => "/api/offline/models/none", owner: 404 },
  "GET /api/models": { ...MINE, scope: "models:read" },
  "GET /api/models/events": { ...MINE, scope: "models:read", endless: true },
  "POST /api/models/{id}/pull": ADMINISTRATOR,
  "DELETE /api/models/{id}/pull": ADMINISTRATOR,
  "POST /api/models/{id}/use": ADMINISTRATOR,
  "DELETE /api/models/{id}": ADMINISTRATOR,
  "GET /api/jobs": MINE,
  "GET /api/jobs/events": { ...MINE, endless: true },
  "GET /api/jobs/{id}": { whose: "own", at: ({ job }) => `/api/jobs/${job}` },
  "GET /api/jobs/{id}/events": { whose: "own", at: ({ job }) => `/api/jobs/${job}/events` },
  "POST /api/jobs/{id}/cancel": { whose: "own", at: ({ job }) => `/api/jobs/${job}/cancel` },
  "POST /api/jobs/{id}/resume": { whose: "own", at: ({ job }) => `/api/jobs/${job}/resume` },
  "DELETE /api/jobs/{id}": { whose: "own", at: ({ job }) => `/api/jobs/${job}` },
  "GET /api/evaluations": MINE,
  "POST /api/evaluations": {
    ...MINE,
    body: () => ({
      ...{ kind: "perplexity", models: ["scripted"] },
      text: { name: "own.txt", content: "Own text." },
    }),
  },
  "GET /api/evaluations/{id}": {
    ...{ whose: "own", at: ({ evaluation }) => `/api/evaluations/${evaluation}` },
  },
  "GET /api/evaluations/lengths": MINE,
  "GET /api/evaluations/measures": MINE,
  "GET /api/evaluations/table": {
    ...{ whose: "own", at: ({ evaluation }) => `/api/evaluations/table?runs=${evaluation}` },
  },
  "GET /api/evaluations/table/file": {
    whose: "own",
    at: ({ evaluation }) => `/api/evaluations/table/file?runs=${evaluation}&format=csv`,
  },
  "GET /api/evaluations/{id}/shown": {
    ...{ whose: "own", at: ({ evaluation }) => `/api/evaluations/${evaluation}/shown` },
  },
  "POST /api/evaluations/{id}/cancel": {
    ...{ whose: "own", at: ({ evaluation }) => `/api/evaluations/${evaluation}/cancel` },
  },
  "POST /api/evaluations/{id}/resume": {
    ...{ whose: "own", at: ({ evaluation }) => `/api/evaluations/${evaluation}/resume` },
  },
  "DELETE /api/evaluations/{id}": {
    ...{ whose: "own", at: ({ evaluation }) => `/api/evaluations/${evaluation}` },
  },
  "GET /api/studies": MINE,
  "POST /api/studies": {
    ...MINE,
    body: () => ({
      ...{ name: "Own", kind: "levels", systems: [{ label: "Own" }], maxTokens: 8, count: 1 },
      ...{ dimensions: [{ name: "Own", anchors: ["no", "yes"] }], set: { builtIn: "own-chats" } },
    }),
  },
  "DELETE /api/studies/{id}": { whose: "own", at: ({ study }) => `/api/studies/${study}` },
  "POST /api/studies/{id}/next": {
    ...{ whose: "own", at: ({ study }) => `/api/studies/${study}/next` },
    body: () => ({ rater: "Somebody" }),
  },
  "GET /api/studies/{id}/results": {
    ...{ whose: "own", at: ({ study }) => `/api/studies/${study}/results` },
  },
  "GET /api/studies/{id}/export": {
    ...{ whose: "own", at: ({ study }) => `/api/studies/${study}/export` },
  },
  // A rating that says nothing leaves it as it is.
  "POST /api/ratings/{id}": {
    ...{ whose: "own", at: ({ rating }) => `/api/ratings/${rating}`, owner: 400 },
    body: () => ({}),
  },
  "DELETE /api/ratings": { ...MINE, at: () => "/api/ratings?rater=Nobody" },
  "GET /api/thumbs": {
    ...MINE,
    at: ({ conversation }) => `/api/thumbs?conversation=${conversation}`,
  },
  "PUT /api/thumbs/{message}": {
    ...MINE,
    at: ({ answer }) => `/api/thumbs/${answer}`,
    body: ({ conversation }) => ({ conversation, thumb: "up" }),
  },
  "GET /api/engine": { ...MINE, endless: true },

  "GET /api/conversations": { ...MINE, ...READ },
  "POST /api/conversations": { ...MINE, ...WRITE, body: () => ({}) },
  "POST /api/conversations/search": { ...MINE, ...READ, body: () => ({ q: "x" }) },
  "POST /api/conversations/several": {
    ...{ ...MINE, ...WRITE },
    body: ({ conversation }) => ({ do: "archive", which: [conversation] }),
  },
  "POST /api/conversations/export": {
    ...{ ...MINE, ...READ },
    body: ({ conversation }) => ({ ids: [conversation] }),
  },
  "POST /api/models": { ...ADMINISTRATOR, body: () => ({ address: "no address" }), owner: 400 },
  "PUT /api/models/files/{file}": {
    ...ADMINISTRATOR,
    at: () => "/api/models/files/x.gguf?at=9&total=10",
    owner: 409,
  },
  "DELETE /api/models/files/{file}": {
    ...ADMINISTRATOR,
    at: () => "/api/models/files/x.gguf",
  },
  "GET /api/instructions": MINE,
  "PUT /api/instructions": { ...MINE, body: () => ({ text: "brief", active: true }) },
  "GET /api/memory": MINE,
  "PUT /api/memory": { ...MINE, body: () => ({ active: true }) },
  "POST /api/memory/facts": { ...MINE, body: () => ({ text: "f" }) },
  "PUT /api/memory/facts/{id}": {
    ...{ whose: "own", at: ({ fact }) => `/api/memory/facts/${fact}` },
    body: () => ({ text: "f" }),
  },
  "DELETE /api/memory/facts/{id}": {
    ...{ whose: "own", at: ({ fact }) => `/api/memory/facts/${fact}` },
  },
  // That one which is lent can be seen, and no more, is tried in tests/unit/assistants/lent.test.ts.
  "GET /api/assistants": MINE,
  "POST /api/assistants": { ...MINE, body: () => ({ name: "p", settings: {} }) },
  "POST /api/assistants/import": {
    ...MINE,
    body: () => ({ format: "charla.assistant", version: 1, name: "p", settings: {} }),
  },
  "PUT /api/assistants/{id}": {
    ...{ whose: "own", at: ({ assistant }) => `/api/assistants/${assistant}` },
    body: () => ({ name: "p", settings: {} }),
  },
  "PATCH /api/assistants/{id}": {
    ...{ whose: "own", at: ({ assistant }) => `/api/assistants/${assistant}` },
    body: () => ({ lent: false }),
  },
  "GET /api/assistants/{id}/versions": {
    ...{ whose: "own", at: ({ assistant }) => `/api/assistants/${assistant}/versions` },
  },
  "GET /api/assistants/{id}/export": {
    ...{ whose: "own", at: ({ assistant }) => `/api/assistants/${assistant}/export` },
  },
  "DELETE /api/assistants/{id}": {
    ...{ whose: "own", at: ({ assistant }) => `/api/assistants/${assistant}` },
  },
  "GET /api/saved-prompts": MINE,
  // A name is there once.
  "POST /api/saved-prompts": {
    ...MINE,
    body: () => ({ name: crypto.randomUUID(), text: "p" }),
  },
  "PUT /api/saved-prompts/{id}": {
    ...{ whose: "own", at: ({ savedPrompt }) => `/api/saved-prompts/${savedPrompt}` },
    body: () => ({ name: "p", text: "p" }),
  },
  "DELETE /api/saved-prompts/{id}": {
    ...{ whose: "own", at: ({ savedPrompt }) => `/api/saved-prompts/${savedPrompt}` },
  },
  "GET /api/collections": MINE,
  "POST /api/collections": { ...MINE, body: () => ({ name: "c" }) },
  "PATCH /api/collections/{id}": {
    ...{ whose: "own", at: ({ collection }) => `/api/collections/${collection}` },
    body: () => ({ name: "c" }),
  },
  "DELETE /api/collections/{id}": {
    ...{ whose: "own", at: ({ collection }) => `/api/collections/${collection}` },
  },
  // Whose summaries are whose is tried in tests/unit/recall/summaries.test.ts: nothing has left a window here.
  "GET /api/recall/models": MINE,
  "POST /api/recall/models": { ...ADMINISTRATOR, body: () => ({ model: "scripted" }) },
  "GET /api/recall/{id}": { ...MINE, at: ({ conversation }) => `/api/recall/${conversation}` },
  "PATCH /api/recall/{id}/{summary}": {
    ...{ whose: "own", owner: 404, body: () => ({ text: "hello" }) },
    at: ({ conversation }) => `/api/recall/${conversation}/none`,
  },
  "DELETE /api/recall/{id}/{summary}": {
    ...{ whose: "own", owner: 404 },
    at: ({ conversation }) => `/api/recall/${conversation}/none`,
  },
  "GET /api/tools": MINE,
  "GET /api/tools/waiting": {
    ...MINE,
    at: ({ conversation }) => `/api/tools/waiting?conversation=${conversation}`,
  },
  // Whose rows are whose is tried in tests/unit/tools/approvals.test.ts: no model calls anything here.
  "POST /api/tools/waiting/{id}": {
    ...{ whose: "own", owner: 404, at: () => "/api/tools/waiting/none" },
    body: () => ({ approve: true }),
  },
  // Whose servers are whose is tried in tests/unit/tools/mcp.test.ts: there is none to be had here.
  "GET /api/tools/servers": MINE,
  "POST /api/tools/servers": {
    ...{ ...MINE, owner: 502, body: () => ({ name: "mine", url: "http://127.0.0.1:9/mcp" }) },
  },
  "GET /api/tools/servers/{id}": { whose: "own", owner: 404, at: () => "/api/tools/servers/none" },
  "PUT /api/tools/servers/{id}": {
    ...{
      whose: "own",
      owner: 404,
      at: () => "/api/tools/servers/none",
      body: () => ({ pins: [] }),
    },
  },
  "DELETE /api/tools/servers/{id}": {
    whose: "own",
    owner: 404,
    at: () => "/api/tools/servers/none",
  },
  "POST /api/tools/servers/{id}/sign-in": {
    ...{ whose: "own", owner: 404, at: () => "/api/tools/servers/none/sign-in" },
  },
  "POST /api/tools/signed-in": { ...MINE, owner: 409, body: () => ({ state: "none", code: "x" }) },
  "GET /api/tools/client": ANYONE,
  "GET /api/folders": { ...MINE, ...READ },
  "POST /api/folders": { ...MINE, ...WRITE, body: () => ({ name: "f" }) },
  "PATCH /api/folders/{id}": {
    whose: "own",
    at: ({ folder }) => `/api/folders/${folder}`,
    body: () => ({ name: "f" }),
  },
  "DELETE /api/folders/{id}": {
    ...{ whose: "own", ...WRITE },
    at: ({ folder }) => `/api/folders/${folder}`,
  },
  "GET /api/training/worker": ADMINISTRATOR,
  "POST /api/training/worker": ADMINISTRATOR,
  "DELETE /api/training/worker": ADMINISTRATOR,
  "POST /api/training/worker/cancel": ADMINISTRATOR,
  "GET /api/training/written": ADMINISTRATOR,
  "POST /api/training/written": ADMINISTRATOR,
  "GET /api/training/written/{id}": ADMINISTRATOR,
  "DELETE /api/training/written/{id}": ADMINISTRATOR,
  "GET /api/training/written/{id}/rows": ADMINISTRATOR,
  "POST /api/training/written/{id}/cancel": ADMINISTRATOR,
  "POST /api/training/written/{id}/resume": ADMINISTRATOR,
  "GET /api/training": ADMINISTRATOR,
  "POST /api/training": ADMINISTRATOR,
  "POST /api/training/look": ADMINISTRATOR,
  "GET /api/training/{id}": ADMINISTRATOR,
  "DELETE /api/training/{id}": ADMINISTRATOR,
  "GET /api/training/{id}/points": ADMINISTRATOR,
  "GET /api/training/{id}/test": ADMINISTRATOR,
  "POST /api/training/{id}/cancel": ADMINISTRATOR,
  "POST /api/training/{id}/resume": ADMINISTRATOR,
  "POST /api/training/{id}/again": ADMINISTRATOR,
  "POST /api/training/{id}/merge": ADMINISTRATOR,
  "GET /api/training/{id}/report": ADMINISTRATOR,
  // A form, which the test's browser does not send; tests/unit/knowledge/v1.test.ts does.
  "POST /v1/files": { ...MINE, scope: "files:write", owner: 400 },
  "GET /v1/files": { ...MINE, scope: "files:read" },
  "GET /v1/files/{id}": {
    ...{ whose: "own", scope: "files:read", at: ({ file }) => `/v1/files/${file}` },
  },
  "GET /v1/files/{id}/content": {
    ...{ whose: "own", scope: "files:read", at: ({ file }) => `/v1/files/${file}/content` },
  },
  "DELETE /v1/files/{id}": {
    ...{ whose: "own", scope: "files:write", at: ({ file }) => `/v1/files/${file}` },
  },
  "POST /v1/vector_stores": { ...MINE, scope: "files:write", body: () => ({ name: "s" }) },
  "GET /v1/vector_stores": { ...MINE, scope: "files:read" },
  "GET /v1/vector_stores/{id}": {
    ...STORE_READ,
    at: ({ collection }) => `/v1/vector_stores/${collection}`,
  },
  "POST /v1/vector_stores/{id}": {
    ...STORE_WRITE,
    at: ({ collection }) => `/v1/vector_stores/${collection}`,
    body: () => ({ name: "s" }),
  },
  "DELETE /v1/vector_stores/{id}": {
    ...STORE_WRITE,
    at: ({ collection }) => `/v1/vector_stores/${collection}`,
  },
  "POST /v1/vector_stores/{id}/search": {
    ...STORE_READ,
    at: ({ collection }) => `/v1/vector_stores/${collection}/search`,
    body: () => ({ query: "q" }),
  },
  "POST /v1/vector_stores/{id}/files": {
    ...STORE_WRITE,
    at: ({ collection }) => `/v1/vector_stores/${collection}/files`,
    body: ({ file }) => ({ file_id: file }),
  },
  "GET /v1/vector_stores/{id}/files": {
    ...STORE_READ,
    at: ({ collection }) => `/v1/vector_stores/${collection}/files`,
  },
  "GET /v1/vector_stores/{id}/files/{file}": {
    ...STORE_READ,
    at: ({ collection, file }) => `/v1/vector_stores/${collection}/files/${file}`,
  },
  "POST /v1/vector_stores/{id}/files/{file}": {
    ...STORE_WRITE,
    at: ({ collection, file }) => `/v1/vector_stores/${collection}/files/${file}`,
    body: () => ({ attributes: { k: "v" } }),
  },
  "DELETE /v1/vector_stores/{id}/files/{file}": {
    ...STORE_WRITE,
    at: ({ collection, file }) => `/v1/vector_stores/${collection}/files/${file}`,
  },
  "GET /v1/vector_stores/{id}/files/{file}/content": {
    ...STORE_READ,
    at: ({ collection, file }) => `/v1/vector_stores/${collection}/files/${file}/content`,
  },
  "POST /v1/vector_stores/{id}/file_batches": {
    ...STORE_WRITE,
    at: ({ collection }) => `/v1/vector_stores/${collection}/file_batches`,
    body: ({ file }) => ({ file_ids: [file] }),
  },
  "GET /v1/vector_stores/{id}/file_batches/{batch}": {
    ...STORE_READ,
    at: ({ collection, batch }) => `/v1/vector_stores/${collection}/file_batches/${batch}`,
  },
  "POST /v1/vector_stores/{id}/file_batches/{batch}/cancel": {
    ...STORE_WRITE,
    at: ({ collection, batch }) => `/v1/vector_stores/${collection}/file_batches/${batch}/cancel`,
  },
  "GET /v1/vector_stores/{id}/file_batches/{batch}/files": {
    ...STORE_READ,
    at: ({ collection, batch }) => `/v1/vector_stores/${collection}/file_batches/${batch}/files`,
  },
  "GET /api/voice": MINE,
  // With a name that there is not, so that nothing is fetched.
  "POST /api/voice": { ...ADMINISTRATOR, body: () => ({ parts: ["none"] }), owner: 404 },
  "DELETE /api/voice": ADMINISTRATOR,
  "POST /v1/audio/transcriptions": { ...CHAT, owner: 400 },
  "POST /v1/audio/speech": { ...CHAT, body: () => ({ input: "hello" }), owner: 409 },
  "GET /api/files": MINE,
  "POST /api/files": { ...MINE, at: () => "/api/files?name=a.txt", body: () => ["a"] },
  "GET /api/files/meaning": MINE,
  "POST /api/files/meaning": ADMINISTRATOR,
  "DELETE /api/files/meaning": ADMINISTRATOR,
  "POST /api/files/search": { ...MINE, body: () => ({ query: "hello" }) },
  "GET /api/files/{id}": { whose: "own", at: ({ file }) => `/api/files/${file}` },
  "PATCH /api/files/{id}": {
    ...{ whose: "own", at: ({ file }) => `/api/files/${file}`, body: () => ({ kept: true }) },
  },
  "POST /api/files/{id}/read": { whose: "own", at: ({ file }) => `/api/files/${file}/read` },
  "GET /api/files/{id}/content": { whose: "own", at: ({ file }) => `/api/files/${file}/content` },
  "GET /api/files/{id}/sections": { whose: "own", at: ({ file }) => `/api/files/${file}/sections` },
  "DELETE /api/files/{id}": { whose: "own", at: ({ file }) => `/api/files/${file}` },
  "GET /api/images": MINE,
  "POST /api/images": { ...MINE, body: () => PIXEL },
  "POST /api/images/text": { ...MINE, body: () => ({}), owner: 422 },
  "GET /api/images/{digest}": { whose: "own", at: ({ image }) => `/api/images/${image}` },
  "GET /api/conversations/export": { ...MINE, ...READ },
  "POST /api/conversations/import": { ...MINE, ...WRITE, body: () => ({}), owner: 400 },
  "POST /api/conversations/imports": { ...MINE, ...WRITE, body: () => ({}) },
  "GET /api/conversations/imports/{id}": {
    ...{ whose: "own", ...READ },
    at: ({ imported }) => `/api/conversations/imports/${imported}`,
  },
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
  "GET /api/conversations/{id}/messages/{messageId}/receipt": { whose: "own", ...READ },
  "POST /api/conversations/{id}/messages/{messageId}/edit": {
    whose: "own",
    body: () => ({ content: "other words" }),
  },
  "DELETE /api/conversations/{id}/messages/{messageId}": { whose: "own", ...WRITE },
  "POST /api/conversations/{id}/messages/{messageId}/restore": {
    ...{ whose: "own", ...WRITE },
    at: ({ conversation, deletedMessage }) =>
      `/api/conversations/${conversation}/messages/${deletedMessage}/restore`,
  },
  "POST /api/conversations/{id}/messages/{messageId}/fork": { whose: "own", body: () => ({}) },
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
