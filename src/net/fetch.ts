/**
 * The one way to ask an address that somebody else may have chosen: by a redirect, a document, a
 * user. The name is resolved once, every address that it has is looked at, and the connection goes
 * to one of those and to no other; each redirect goes through the same door again.
 *
 * Node's own `fetch` resolves by itself when it connects, so what was looked at before may not be
 * what it reaches (DNS rebinding): hence `node:http` with a resolver that only repeats.
 *
 * Through a company's proxy it is the proxy that resolves and connects, by its own rules. What this
 * machine knows of the name is looked at all the same; a name that only the proxy knows passes.
 */
import { lookup } from "node:dns/promises";
import { type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CharlaError } from "../core/errors.ts";
import { type Reach, reachOf } from "./addresses.ts";
import { proxyAgent } from "./proxy.ts";

export interface Asked {
  readonly method?: "GET" | "HEAD" | "POST" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  /** What comes piece by piece can be sent only once: with it, no redirect is followed. */
  readonly body?: string | AsyncIterable<Uint8Array> | undefined;
  /** Bounds the time, too, to the last byte: who gives none waits for ever. */
  readonly signal: AbortSignal;
}

export interface Rules {
  /**
   * An origin of the operator's own settings. It may be anywhere but where nothing is ever fetched
   * from, and its redirects may lead to the same kind of network: a mirror inside to a store inside.
   */
  readonly operator?: string | undefined;
  /** Redirects that are followed; 0 gives the redirect itself. */
  readonly redirects: number;
  /** Whether a redirect says enough by itself, and is the answer. */
  readonly enough?: ((headers: IncomingHttpHeaders) => boolean) | undefined;
  /** Most bytes of the body, none when it is as long as it is. */
  readonly maxBytes?: number | undefined;
  /** For tests of names that change their address. */
  readonly resolve?: ((host: string) => Promise<readonly Address[]>) | undefined;
}

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** They are for the origin that they were given for, and for nobody else. */
const SECRETS = ["authorization", "cookie", "proxy-authorization"];
const REDIRECTS = [301, 302, 303, 307, 308];
const BODILESS = [204, 205, 304];

/**
 * @throws CharlaError `address_invalid`, `address_refused`, `redirects_endless`, `answer_too_large`; and what the
 *   system says of connections
 */
export async function safeFetch(address: string, asked: Asked, rules: Rules): Promise<Response> {
  const allowed = new Set<Reach>(["public"]);
  let url = parse(address);
  let { method = "GET", headers = {}, body } = asked;
  for (let redirects = 0; ; redirects++) {
    const addresses = await validated(url, allowed, rules);
    const incoming = await ask(url, addresses, { method, headers, body, signal: asked.signal });
    const { statusCode: status = 0, headers: got } = incoming;
    const moved = REDIRECTS.includes(status) && got.location;
    const once = body !== undefined && typeof body !== "string";
    if (!moved || once || rules.redirects === 0 || rules.enough?.(got)) {
      return toResponse(incoming, method, rules.maxBytes);
    }
    incoming.destroy();
    if (redirects === rules.redirects) throw endless(url);
    const next = parse(moved, url);
    if (next.origin !== url.origin) headers = without(headers, SECRETS);
    // Fetch standard, "HTTP-redirect fetch": what was posted is not posted again, but for 307, 308.
    if (status === 303 || (status < 303 && method === "POST")) {
      if (method === "POST") method = "GET";
      body = undefined;
    }
    url = next;
  }
}

/** The only parser. It turns every spelling of an address into one: octal, hex, whole numbers. */
function parse(address: string, base?: URL): URL {
  const url = URL.parse(address, base?.href);
  if (url && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "")
    return url;
  throw invalid(address);
}

/** All addresses of a name, when each may be asked; one that may not refuses them all. */
async function validated(url: URL, allowed: Set<Reach>, rules: Rules): Promise<readonly Address[]> {
  const resolve = rules.resolve ?? ((name) => lookup(name, { all: true, verbatim: true }));
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  const proxied = proxyAgent(url) !== undefined;
  let found: readonly Address[] = [{ address: host, family }];
  try {
    if (family === 0) found = await resolve(host);
  } catch (thrown) {
    if (!proxied) throw thrown;
    return [];
  }
  const reaches = found.map(({ address }) => reachOf(address));
  if (found.length === 0 || reaches.includes("never")) throw refused(url.host);
  if (rules.operator !== undefined && url.origin === new URL(rules.operator).origin) {
    for (const reach of reaches) allowed.add(reach);
  }
  if (!reaches.every((reach) => allowed.has(reach))) throw refused(url.host);
  return found;
}

type Sent = Required<Pick<Asked, "method" | "headers" | "signal">> & Pick<Asked, "body">;

function ask(url: URL, addresses: readonly Address[], sent: Sent): Promise<IncomingMessage> {
  // Node asks for all addresses, or for one; either way it hears those that were looked at.
  const repeat: LookupFunction = (_host, { all }, tell) => {
    const [first] = addresses as [Address];
    if (all) tell(null, [...addresses]);
    else tell(null, first.address, first.family);
  };
  const request = url.protocol === "https:" ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const options = { method: sent.method, headers: sent.headers, signal: sent.signal };
    // No agent: a connection of before may go where a name led then.
    const proxy = proxyAgent(url);
    const way = proxy ? { agent: proxy } : { agent: false, lookup: repeat };
    const outgoing = request(url, { ...options, ...way });
    outgoing.on("response", (incoming) => {
      incoming.on("error", () => {}); // told to who reads; one that nobody reads would end Charla
      resolve(incoming);
    });
    outgoing.on("error", reject);
    const { body } = sent;
    if (body === undefined || typeof body === "string") outgoing.end(body);
    else pipeline(body, outgoing).catch(reject);
  });
}

function toResponse(incoming: IncomingMessage, method: string, maxBytes?: number): Response {
  const { statusCode: status = 0, rawHeaders } = incoming;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string);
  }
  if (method === "HEAD" || BODILESS.includes(status)) {
    incoming.resume();
    return new Response(null, { status, headers });
  }
  const bytes = maxBytes === undefined ? incoming : Readable.from(upTo(maxBytes, incoming));
  return new Response(Readable.toWeb(bytes) as ReadableStream<Uint8Array>, { status, headers });
}

async function* upTo(maxBytes: number, source: AsyncIterable<Uint8Array>) {
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

function without(headers: Readonly<Record<string, string>>, names: readonly string[]) {
  const kept = Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase()));
  return Object.fromEntries(kept);
}

function invalid(address: string): CharlaError {
  return new CharlaError("address_invalid", {
    status: 502,
    message: "'{address}' is not an address that Charla can open.",
    hint: "It takes http:// and https://, without a name and a password inside.",
    params: { address: address.slice(0, 200) },
    retryable: false,
  });
}

function refused(place: string): CharlaError {
  return new CharlaError("address_refused", {
    status: 502,
    message: "Charla does not connect to {place}: it is not an address of the internet.",
    hint: "Only addresses that the settings of the server name may be of a private network.",
    params: { place },
    retryable: false,
  });
}

function endless(url: URL): CharlaError {
  return new CharlaError("redirects_endless", {
    status: 502,
    message: "The server {host} redirects without end.",
    hint: "Check the address in the settings.",
    params: { host: url.host },
    retryable: false,
  });
}

function tooLarge(maxBytes: number): CharlaError {
  return new CharlaError("answer_too_large", {
    status: 502,
    message: "The other server's answer is longer than the {maxBytes} bytes that are read of it.",
    hint: "Check the address in the settings; it may be that of something else.",
    params: { maxBytes },
    retryable: false,
  });
}
