/**
 * What the feature does once it is opened: one address that speaks MCP over Streamable HTTP, both eras of
 * it. Whoever is let in there is offered the tools that the key is made for; a session, all of them.
 */
import * as z from "zod";
import { openable } from "../../core/feature.ts";
import { route } from "../../core/route.ts";

/** The section `[mcp]` of the organisation's policy. */
const policy = z.strictObject({
  /** Whether programs may use this server by MCP. */
  enabled: z.boolean().default(true),
});
export type McpPolicy = z.output<typeof policy>;

/** Of a call with its arguments. */
const MAX_BYTES = 2 ** 20;

export const mcp = openable({
  name: "mcp",
  policy: { section: "mcp", schema: policy },
  open(house) {
    if (!house.policy.enabled) return {};
    const load = async () => (await import("./server.ts")).handlerOf(house, MAX_BYTES);
    let handler: ReturnType<typeof load> | undefined;
    const handle = async ({ request }: { readonly request: Request }) => {
      // Whoever never asks for it has no memory taken by it.
      handler ??= load();
      return (await handler).fetch(request);
    };
    const at = { path: "/mcp", access: "any key", handle } as const;
    return {
      routes: [
        route({
          ...at,
          method: "post",
          maxBytes: MAX_BYTES,
          summary: "Takes a message of MCP: which tools there are, and calls of them.",
        }),
        // Older clients look whether there are sessions, and are told that there are none.
        route({ ...at, method: "get", summary: "Says that there is no stream without a call." }),
        route({ ...at, method: "delete", summary: "Says that there is no session to end." }),
      ],
      stop: async () => (await handler)?.close(),
    };
  },
});
