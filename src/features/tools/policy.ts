/** The section `[tools]` of the organisation's policy; docs/policy.md explains it. */
import * as z from "zod";

const name = z.string().regex(/^[\w-]{0,64}\*?$/, "is not the name of a tool");

/** A server of tools (MCP) that everybody here may use; one of the two ways to reach it. */
const server = z
  .strictObject({
    /** In front of the names of its tools. */
    name: z.string().regex(/^[a-z][a-z0-9_-]{0,19}$/, "has to be a short word in small letters"),
    /** Of Streamable HTTP; may be of a private network. */
    url: z.url({ protocol: /^https?$/ }).optional(),
    /** Sent as `Authorization: Bearer`. */
    token: z.string().min(1).optional(),
    /** Where people sign in to it (an issuer), if that is of a private network or knows the client. */
    sign_in: z.url({ protocol: /^https?$/ }).optional(),
    /** As what Charla is registered there, where it does not register itself. */
    client_id: z.string().min(1).optional(),
    client_secret: z.string().min(1).optional(),
    /** A program and its arguments, started without a shell and without this server's environment. */
    command: z.array(z.string()).min(1).optional(),
    /** Tools that only read, by the server's own names; each call of another waits for a click. */
    read_only: z.array(z.string().max(200)).default([]),
  })
  .refine(({ url, command }) => (url === undefined) !== (command === undefined), {
    error: "needs an url or a command, and not both",
  })
  .refine(({ url, token, sign_in, client_id }) => !(sign_in ?? client_id) || (url && !token), {
    error: "has a sign-in, which needs an url and no token",
  })
  .refine(({ client_id, client_secret }) => client_id || !client_secret, {
    error: "has a client_secret without a client_id",
  });

export const toolsPolicy = z.strictObject({
  /** Tools that people may switch on in their chats, with `*` at the end for all that begin so. */
  allow: z.array(name).max(1000).default(["*"]),
  /** Pages of the web may be read, by the tool `read_page`. */
  web: z.boolean().default(false),
  /** Times that the model is asked for one answer. */
  steps: z.int().min(1).max(100).default(12),
  /** Minutes that one answer may take with its tools, without the time that a call waits for a person. */
  minutes: z.number().min(0.1).max(240).default(10),
  /** Characters that the model is given of what a tool answers. */
  result_characters: z.int().min(100).max(1_000_000).default(12_000),
  /** Hours that a call waits for its person's click. */
  approval_hours: z.number().min(0.1).max(720).default(24),
  /** Whether people may add servers of tools by their addresses on the internet. */
  own_servers: z.boolean().default(true),
  servers: z
    .array(server)
    .max(50)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "has a name twice")
    .default([]),
});
export type ToolsPolicy = z.output<typeof toolsPolicy>;

/** Whether a list of names, some of them beginnings, has one. */
export const named = (list: readonly string[], one: string): boolean =>
  list.some((entry) => (entry.endsWith("*") ? one.startsWith(entry.slice(0, -1)) : entry === one));
