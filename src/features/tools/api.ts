/** What the feature says over HTTP: the schemas document its routes, and the page uses their types. */
import * as z from "zod";
import { text } from "../../core/route.ts";
import { LABELS } from "../../core/toolbox.ts";

const words = z.object({ en: z.string(), es: z.string() });

/** A tool that a chat can be allowed to use. */
export const toolShown = z.object({
  name: z.string(),
  label: words,
  about: words,
  /** What the model has read once it has used it. */
  reads: z.array(z.enum(LABELS)),
  /** What it changes, and where its arguments go to; null where it does nothing of the kind. */
  writes: words.nullable(),
  sends: words.nullable(),
});
export type ToolShown = z.output<typeof toolShown>;

/** GET /api/tools */
export const toolList = z.object({ items: z.array(toolShown) });
export type ToolList = z.output<typeof toolList>;

/** GET /api/tools/waiting?conversation=ID: the calls of a chat that wait for their person. */
export const waitingQuery = z.object({ conversation: z.string().max(1000) });
export const waiting = z.object({
  id: z.string(),
  /** Id of the call in the answer. */
  call: z.string(),
  tool: z.string(),
  /** JSON text, exactly as the tool will get it. */
  arguments: z.string(),
  /** What the model had read when it called. */
  labels: z.array(z.enum(LABELS)),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export type Waiting = z.output<typeof waiting>;
export const waitingList = z.object({ items: z.array(waiting) });
export type WaitingList = z.output<typeof waitingList>;

/** POST /api/tools/waiting/:id. Once none is left, the answer is to be gone on with (`continues`). */
export const decideBody = z.strictObject({ approve: z.boolean() });
export const decideReply = z.object({
  /** Calls of the chat that still wait. */
  left: z.number(),
});
export type DecideReply = z.output<typeof decideReply>;

/** A server of tools (MCP). */
export const serverShown = z.object({
  id: z.string(),
  /** In front of the names of its tools. */
  name: z.string(),
  /** Named in the policy, and not by a person. */
  operator: z.boolean(),
  url: z.string().nullable(),
  /** That the person has agreed to, by the server's own names. */
  tools: z.array(z.string()),
  /** Null where the server has asked nobody to sign in. */
  signIn: z
    .object({
      /** needed: not done yet; again: it has ended; more: the server wants more permissions. */
      state: z.enum(["needed", "in", "again", "more"]),
      /** Host of where one signs in. */
      place: z.string(),
    })
    .nullable(),
});
export type ServerShown = z.output<typeof serverShown>;

/** GET /api/tools/servers */
export const serverList = z.object({
  /** Whether people may add some. */
  own: z.boolean(),
  /** Where one comes back to after signing in to one. */
  redirect: z.string(),
  items: z.array(serverShown),
});
export type ServerList = z.output<typeof serverList>;

/** POST /api/tools/servers: one that is reached over Streamable HTTP, on the internet. */
export const serverBody = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_-]{0,19}$/, "has to be a short word in small letters"),
  url: text.max(2000).regex(/^https?:\/\//, "has to begin with https://"),
  /** Sent as `Authorization: Bearer`. */
  token: text.min(1).max(10_000).optional(),
  /** As what Charla is registered where one signs in, if it cannot register itself there. */
  clientId: text.min(1).max(2000).optional(),
  clientSecret: text.min(1).max(10_000).optional(),
});

/** POST /api/tools/servers/:id/sign-in: where the browser goes. */
export const signInReply = z.object({ url: z.url({ protocol: /^https?$/ }) });
export type SignInReply = z.output<typeof signInReply>;

/** POST /api/tools/signed-in: what the other place has sent along; names are OAuth's. */
export const signedInBody = z.strictObject({
  state: text.max(200),
  code: text.min(1).max(10_000).optional(),
  error: text.max(200).optional(),
  iss: text.max(2000).optional(),
});

/** GET /api/tools/client: what Charla is, for places where one signs in (OAuth's own names). */
export const clientDocument = z.object({
  client_id: z.string(),
  client_name: z.string(),
  client_uri: z.string(),
  redirect_uris: z.array(z.string()),
  grant_types: z.array(z.string()),
  response_types: z.array(z.string()),
  token_endpoint_auth_method: z.literal("none"),
  application_type: z.literal("web"),
});

/** GET /api/tools/servers/:id: what it offers now. */
export const offer = z.object({
  name: z.string(),
  description: z.string(),
  parameters: z.looseObject({}),
  /** SHA-256 of the three. */
  pin: z.string(),
  agreed: z.boolean(),
  /** It was otherwise when the person agreed, and is not used until that is done again. */
  changed: z.boolean(),
  /** Each call waits for a click; false where the operator has said that it only reads. */
  asks: z.boolean(),
});
export type Offer = z.output<typeof offer>;
export const offerList = z.object({ items: z.array(offer) });
export type OfferList = z.output<typeof offerList>;

/** PUT /api/tools/servers/:id: the pins of all tools that are agreed to from now on. */
export const agreeBody = z.strictObject({
  pins: z.array(z.string().regex(/^[0-9a-f]{64}$/, "is no pin")).max(200),
});
