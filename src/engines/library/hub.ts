/**
 * The model hub: where a file is, what it should be, and its bytes from any offset on.
 *
 * `HEAD {endpoint}/{repository}/resolve/{revision}/{file}` answers with a redirect to a content
 * network and, in the redirect itself, `X-Linked-Etag` (SHA-256), `X-Linked-Size` and
 * `X-Repo-Commit`. Source: the documentation of huggingface_hub, "Download files", and its
 * environment variables `HF_ENDPOINT`, `HF_TOKEN`, `HF_HUB_OFFLINE`.
 */
import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { CharlaError } from "../../core/errors.ts";
import { type Asked, safeFetch } from "../../net/fetch.ts";
import type { HubPlace } from "./catalogue.ts";
import { NoSuchRange, offline, refusal, Silence, unreachable } from "./hub-errors.ts";

export interface Hub {
  /** Base address, without a slash at the end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly offline: boolean;
  /** Milliseconds without a byte after which a connection counts as dead. */
  readonly stallMs: number;
  /** First pause before another try, in milliseconds; it doubles. */
  readonly retryMs: number;
}

export interface HubFile {
  /** Address of this very version. */
  readonly url: string;
  readonly bytes: number;
  /** What tells versions apart: the SHA-256 where the hub gives it. */
  readonly etag: string;
  readonly digest: string | null;
}

const DEFAULT_ENDPOINT = "https://huggingface.co";
const MAX_TRIES = 5;
const MAX_LOOKUPS = 2;
/** A hub that does not answer is given up on sooner than a download. */
const LOOKUP_MS = 10_000;
const MAX_REDIRECTS = 5;
/** A limit that lasts longer is reported instead of waited for. */
const MAX_WAIT_MS = 60_000;

export function hubFrom(env: Readonly<Record<string, string | undefined>>): Hub {
  return {
    endpoint: (env.HF_ENDPOINT || DEFAULT_ENDPOINT).replace(/\/+$/, ""),
    token: env.HF_TOKEN || undefined,
    offline: /^(1|on|yes|true)$/i.test(env.HF_HUB_OFFLINE ?? ""),
    stallMs: 30_000,
    retryMs: 1000,
  };
}

/**
 * Asks what the hub has at a place.
 *
 * @throws CharlaError `hub_offline`, `hub_unreachable`, `hub_busy`, `model_gated`, `hub_no_file`
 */
export async function lookUp(hub: Hub, place: HubPlace, signal: AbortSignal): Promise<HubFile> {
  if (hub.offline) throw offline(hub.endpoint);
  for (let tries = 1; ; tries++) {
    try {
      return await describe(hub, place, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      if ((thrown as Error).cause instanceof Silence) throw thrown;
      const wait = pause(hub, thrown, tries, MAX_LOOKUPS);
      await sleep(wait, undefined, { signal });
    }
  }
}

async function describe(hub: Hub, place: HubPlace, signal: AbortSignal): Promise<HubFile> {
  const response = await headers(hub, address(hub, place), signal);
  if (response.status >= 400) throw refusal(hub.endpoint, place, response);
  const header = (name: string) => response.headers.get(name);
  const etag = (header("x-linked-etag") ?? header("etag") ?? "").replace(/^(W\/)?"|"$/g, "");
  const bytes = Number(header("x-linked-size") ?? header("content-length"));
  if (!(bytes > 0)) throw unreachable(hub.endpoint, new Error("no size"));
  return {
    // By its commit, so that the file cannot change between this and the download.
    url: address(hub, { ...place, revision: header("x-repo-commit") ?? place.revision }),
    bytes,
    etag,
    digest: /^[0-9a-f]{64}$/.test(etag) ? etag : null,
  };
}

function address(
  { endpoint }: Hub,
  { repository, revision, file, path: at = file }: HubPlace,
): string {
  const path = at.split("/").map(encodeURIComponent).join("/");
  return `${endpoint}/${repository}/resolve/${encodeURIComponent(revision)}/${path}`;
}

/** Of the list of a repository's files, in bytes. */
const MAX_LIST = 8 * 2 ** 20;
/** A line of it, if it is one. */
type Listed = { readonly type?: unknown; readonly path?: unknown } | null;

/**
 * The files of a repository, by their paths in it.
 *
 * @throws CharlaError as `lookUp`
 */
export async function namesOf(
  hub: Hub,
  repository: string,
  revision: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (hub.offline) throw offline(hub.endpoint);
  const tree = `${repository}/tree/${encodeURIComponent(revision)}?recursive=true`;
  const asked = { signal: AbortSignal.any([signal, AbortSignal.timeout(LOOKUP_MS)]) };
  const url = `${hub.endpoint}/api/models/${tree}`;
  const response = await request(hub, url, asked, undefined, MAX_LIST);
  const place = { repository, revision, file: "" };
  if (response.status >= 400) throw refusal(hub.endpoint, place, response);
  const list: unknown = await response.json().catch(() => undefined);
  if (!Array.isArray(list)) throw unreachable(hub.endpoint, new Error("no list of files"));
  return list.flatMap((one: Listed) =>
    one?.type === "file" && typeof one.path === "string" ? [one.path] : [],
  );
}

/** The first answer that describes the file; redirects of renamed repositories are followed. */
function headers(hub: Hub, url: string, signal: AbortSignal): Promise<Response> {
  const enough = (got: IncomingHttpHeaders) => got["x-linked-size"] !== undefined;
  return request(hub, url, { method: "HEAD", signal }, enough);
}

async function request(
  hub: Hub,
  url: string,
  { method = "GET", headers, signal }: Asked,
  enough?: (headers: IncomingHttpHeaders) => boolean,
  maxBytes?: number,
): Promise<Response> {
  const look = method === "HEAD";
  const patience = look ? AbortSignal.timeout(Math.min(hub.stallMs, LOOKUP_MS)) : undefined;
  try {
    // Not for other origins: the fetcher leaves it out where a redirect leads away.
    const auth: Record<string, string> = hub.token ? { authorization: `Bearer ${hub.token}` } : {};
    return await safeFetch(
      url,
      {
        method,
        headers: { "accept-encoding": "identity", "user-agent": "charla", ...auth, ...headers },
        signal: patience ? AbortSignal.any([signal, patience]) : signal,
      },
      { operator: hub.endpoint, redirects: MAX_REDIRECTS, enough, maxBytes },
    );
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof CharlaError && thrown.code === "address_refused") throw thrown;
    throw unreachable(hub.endpoint, patience?.aborted ? new Silence() : (thrown as Error));
  }
}

export interface Chunk {
  /** Where it belongs, in bytes from the beginning of the file; 0 again if that had to be. */
  readonly at: number;
  readonly bytes: Uint8Array;
  /** Of the answer, to ask for the rest of it later. */
  readonly bodyEtag: string | undefined;
}

/**
 * The file's bytes. Cut or silent connections are opened again where they stopped, up to five
 * times without a byte in between.
 *
 * @param from bytes that are there already
 * @param bodyEtag what the earlier answer called itself
 * @throws CharlaError `hub_unreachable`, `hub_busy`, `model_gated`, `hub_no_file`
 */
export async function* download(
  hub: Hub,
  place: HubPlace,
  file: HubFile,
  from: number,
  bodyEtag: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  let [at, etag] = [from, bodyEtag];
  let [reached, tries] = [from, 0];
  while (at < file.bytes) {
    try {
      for await (const chunk of attempt(hub, place, file.url, at, etag, signal)) {
        yield chunk;
        at = chunk.at + chunk.bytes.length;
        etag = chunk.bodyEtag;
        // Longer than the file is, so it is not the file; its digest will say so.
        if (at > file.bytes) return;
        if (at > reached) [reached, tries] = [at, 0];
      }
      if (at < file.bytes) throw unreachable(hub.endpoint, new Error("cut off"));
    } catch (thrown) {
      signal.throwIfAborted();
      tries += 1;
      const wait = pause(hub, thrown, tries, MAX_TRIES);
      // The server has less than we do, so ours is not the beginning of its file.
      if ((thrown as Error).cause instanceof NoSuchRange) [at, etag] = [0, undefined];
      await sleep(wait, undefined, { signal });
    }
  }
}

/** One request; a silence of `stallMs` ends it with an error. */
async function* attempt(
  hub: Hub,
  place: HubPlace,
  url: string,
  from: number,
  bodyEtag: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), hub.stallMs);
  const range: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  // A weak tag must not be used in If-Range (RFC 9110, 13.1.5).
  if (from > 0 && bodyEtag?.startsWith('"')) range["if-range"] = bodyEtag;
  try {
    const either = AbortSignal.any([signal, stalled.signal]);
    const response = await request(hub, url, { headers: range, signal: either });
    if (response.status === 416) throw unreachable(hub.endpoint, new NoSuchRange());
    if (response.status >= 400) throw refusal(hub.endpoint, place, response);
    // A network's page to sign in, with a status that says all is well.
    const page = response.headers.get("content-type")?.startsWith("text/html");
    if (page) throw unreachable(hub.endpoint, new Error("text/html"));
    const etag = response.headers.get("etag") ?? undefined;
    let at = startOf(response);
    for await (const bytes of response.body ?? []) {
      timer.refresh();
      yield { at, bytes, bodyEtag: etag };
      at += bytes.length;
    }
  } catch (thrown) {
    signal.throwIfAborted();
    if (stalled.signal.aborted) throw unreachable(hub.endpoint, new Silence());
    throw thrown instanceof CharlaError ? thrown : unreachable(hub.endpoint, thrown as Error);
  } finally {
    clearTimeout(timer);
  }
}

function startOf(response: Response): number {
  if (response.status !== 206) return 0;
  const range = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "");
  return Number(range?.[1] ?? 0);
}

/** How long to wait before another try, in milliseconds; throws when none can help. */
function pause(hub: Hub, thrown: unknown, tries: number, limit: number): number {
  if (!(thrown instanceof CharlaError && thrown.retryable) || tries >= limit) throw thrown;
  const asked = (thrown.retryAfter ?? 0) * 1000;
  if (asked > MAX_WAIT_MS) throw thrown;
  return asked || hub.retryMs * 2 ** (tries - 1);
}
