/**
 * A connection to an MCP server, by the official client: over Streamable HTTP, whose every request takes
 * our way to addresses that somebody else has chosen, or to a program that the operator has named, as argv
 * and without a shell. Both eras of the protocol are spoken. What a server says is bounded in time and size.
 */
import type { Client } from "@modelcontextprotocol/client";
import { environment, find } from "../../../core/children.ts";
import type { Reach } from "../reach.ts";
import { serverFailed } from "./errors.ts";
import type { Pass } from "./sign-in/desk.ts";
import { keyRefused } from "./sign-in/errors.ts";

export type Where =
  | {
      readonly url: string;
      /** Shows who asks; absent where nobody is asked. */
      readonly pass: Pass;
      /** The address stands in the operator's policy. */
      readonly operator: boolean;
    }
  | { readonly command: readonly string[] };

/** A tool as its server describes it. */
export interface Described {
  readonly name: string;
  readonly description: string;
  readonly parameters: object;
}

/** What a call gives: its text, and whether the server says that it has failed. */
export interface Answer {
  readonly text: string;
  readonly failed: boolean;
}

const CONNECT_MS = 30_000;
const MAX_BYTES = 10 * 2 ** 20;
/** Of one server; what is beyond is not looked at. */
const MAX_TOOLS = 200;
/** Characters of a description, and of a schema. */
const MAX_DESCRIPTION = 20_000;
const MAX_SCHEMA = 100_000;

export class Connection {
  readonly #name: string;
  readonly #client: Client;
  readonly #pass: Pass | undefined;
  /** Told when the other side has gone. */
  onGone = () => {};

  private constructor(name: string, client: Client, pass: Pass | undefined) {
    this.#name = name;
    this.#client = client;
    this.#pass = pass;
    client.onclose = () => this.onGone();
  }

  /** @throws CharlaError `tool_server_failed`, `tool_server_key_...`, `tool_sign_in_...` */
  static async open(name: string, where: Where, reach: () => Promise<Reach>, version: string) {
    const { Client } = await import("@modelcontextprotocol/client");
    const client = new Client(
      { name: "charla", version },
      { versionNegotiation: { mode: "auto" } },
    );
    const pass = "url" in where ? where.pass : undefined;
    try {
      await client.connect(await transportTo(where, reach), { timeout: CONNECT_MS });
    } catch (thrown) {
      await client.close().catch(() => {});
      throw await whatFailed(name, pass, thrown);
    }
    return new Connection(name, client, pass);
  }

  /** All that it offers, as far as it can be read. @throws CharlaError `tool_server_failed` */
  async list(): Promise<readonly Described[]> {
    const { tools } = await this.#client
      .listTools(undefined, { timeout: CONNECT_MS, cacheMode: "refresh" })
      .catch(async (thrown) => {
        throw await whatFailed(this.#name, this.#pass, thrown);
      });
    return tools.slice(0, MAX_TOOLS).flatMap(({ name, description = "", inputSchema }) => {
      const size = JSON.stringify(inputSchema).length;
      if (size > MAX_SCHEMA || description.length > MAX_DESCRIPTION) return [];
      return { name, description, parameters: inputSchema };
    });
  }

  /** @throws CharlaError `tool_server_failed`; the reason of the signal */
  async call(
    tool: string,
    given: Record<string, unknown>,
    ms: number,
    signal: AbortSignal,
  ): Promise<Answer> {
    const result = await this.#client
      .callTool({ name: tool, arguments: given }, { timeout: ms, signal })
      .catch(async (thrown) => {
        signal.throwIfAborted();
        throw await whatFailed(this.#name, this.#pass, thrown);
      });
    const parts = result.content.map(textOf);
    const structured = result.structuredContent && parts.length === 0;
    const text = structured ? JSON.stringify(result.structuredContent) : parts.join("\n");
    return { text: text || "(The tool gave nothing back.)", failed: result.isError === true };
  }

  close(): Promise<void> {
    return this.#client.close().catch(() => {});
  }
}

type Content = Awaited<ReturnType<Client["callTool"]>>["content"][number];

/** What is no text is named: no model here looks at it. */
function textOf(part: Content): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "image":
    case "audio":
      return `[${part.type}, ${part.mimeType}, not shown]`;
    case "resource_link":
      return `[link: ${part.name}, ${part.uri}]`;
    case "resource":
      return "text" in part.resource ? part.resource.text : `[${part.resource.uri}, not shown]`;
    default:
      return "[something that cannot be shown]";
  }
}

/** What a person is told: that the server lets nobody in so, or that it does not work. */
async function whatFailed(name: string, pass: Pass | undefined, thrown: unknown) {
  const { InsufficientScopeError, SdkHttpError, UnauthorizedError } = await import(
    "@modelcontextprotocol/client"
  );
  if (pass?.ended && thrown instanceof InsufficientScopeError)
    return pass.ended(thrown.requiredScope ?? "");
  const outside = thrown instanceof UnauthorizedError;
  if (outside || (thrown instanceof SdkHttpError && thrown.status === 401))
    return pass?.ended?.(undefined) ?? keyRefused(name, true);
  return serverFailed(name, thrown);
}

async function transportTo(where: Where, reach: () => Promise<Reach>) {
  if ("command" in where) {
    const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio");
    const [program = "", ...args] = where.command;
    return new StdioClientTransport({
      ...{ command: find(program) ?? program, args, stderr: "ignore", maxBufferSize: MAX_BYTES },
      env: Object.fromEntries(
        Object.entries(environment()).map(([name, value]) => [name, value ?? ""]),
      ),
    });
  }
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  const { url, pass, operator } = where;
  const safe = await reach();
  let used: string | undefined;
  return new StreamableHTTPClientTransport(new URL(url), {
    onInsufficientScope: "throw",
    authProvider: {
      async token() {
        used = await pass.token();
        return used;
      },
      ...(pass.refused && {
        onUnauthorized: async ({ response }) => pass.refused?.(response, used),
      }),
    },
    fetch: (address, { method = "GET", headers, body, signal } = {}) =>
      safe(
        String(address),
        {
          method: method as "GET" | "POST" | "DELETE",
          headers: Object.fromEntries(new Headers(headers)),
          ...(typeof body === "string" && { body }),
          signal: signal ?? AbortSignal.timeout(CONNECT_MS),
        },
        { redirects: 0, maxBytes: MAX_BYTES, ...(operator && { operator: url }) },
      ),
  });
}
