/** What is said of C2PA's manifests over HTTP; the page uses these types. */
import * as z from "zod";
import { text } from "../../../core/route.ts";
import { MAX_LABELLED } from "./armour.ts";

/** Characters; some 15,000 words, and a manifest. */
const MAX_TEXT = 200_000;
/** In a body, where quotation marks are escaped. */
export const MAX_CREDENTIALS_BYTES = 4 * MAX_LABELLED;

export const labelBody = z.strictObject({
  /** Of the answer. */
  receipt: z.string().max(100),
  /** Exactly as the receipt commits to it. */
  text: text.min(1).max(MAX_TEXT),
  /** Of the line that people read. */
  language: z.enum(["en", "es"]),
});

export const labelReply = z.object({
  /** The answer, a line that says who wrote it, and the manifest, which nobody sees. */
  text: z.string(),
  /** The certificate was made by this server, and nobody vouches for it. */
  selfSigned: z.boolean(),
});
export type Labelled = z.output<typeof labelReply>;

export const credentialsBody = z.strictObject({ text: text.min(1).max(MAX_LABELLED) });

export const credentials = z.object({
  /** broken: it cannot be read, or its signature is not right; changed: signed for another text. */
  state: z.enum(["holds", "changed", "broken"]),
  /** Who signed it, by a certificate that nobody here has checked. */
  signer: z.string().optional(),
  /** The certificate is the one of this server. */
  own: z.boolean().optional(),
  /** The program. */
  by: z.string().optional(),
  /** It says that a model wrote the text. */
  ai: z.boolean().optional(),
});
export type Credentials = z.output<typeof credentials>;

export const credentialsReply = z.object({ credentials: credentials.nullable() });
