/**
 * What a replica that follows says itself, and to whom: whether it is alive, whether it reaches the one
 * that leads, and its own numbers. Everything else is the other's to answer.
 */
import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { Gauge } from "../core/gauges.ts";
import { noLeader } from "./errors.ts";
import { told } from "./forward.ts";
import { HEADER, type Heads } from "./head.ts";
import { askSmall, type Small } from "./send.ts";
import type { Target } from "./watch.ts";

/** Whoever asks whether a server is ready does not wait long, in milliseconds. */
const READY_MS = 3000;
/**
 * For so long an answer of the one that leads is told to whoever asks, in milliseconds. It counts all of
 * these questions as one client's, whom it takes no more from after a few.
 */
const SAME_MS = 1000;
/** A name that every server goes by. */
const HOST = "localhost";

type Incoming = IncomingMessage | Http2ServerRequest;
export type Local = (incoming: Incoming) => Promise<Response | undefined>;

export interface LocalOptions {
  readonly heads: Heads;
  target(): Target | undefined;
  gauges(): readonly Gauge[];
  readonly metricsToken: string | undefined;
  /** Milliseconds that only grow. */
  now?(): number;
}

export function localOf(options: LocalOptions): Local {
  const { heads, target, gauges, metricsToken, now = () => performance.now() } = options;
  const asked = new Map<string, { term: string; at: number; answer: Promise<Small | undefined> }>();
  return async ({ method, url = "", headers }) => {
    if (method !== "GET") return undefined;
    switch (url.split("?")[0]) {
      case "/healthz":
        return Response.json({ state: "alive", role: "follows", leader: await reached() });
      case "/readyz":
        return ready();
      case "/metrics":
        if (!metricsToken || !same(headers.authorization, metricsToken)) return undefined;
        return new Response(prometheus(gauges()), { headers: { "content-type": TEXT } });
      default:
        return undefined;
    }
  };

  async function ask(path: "/healthz" | "/readyz"): Promise<Small | undefined> {
    const to = target();
    if (!to) return undefined;
    const last = asked.get(path);
    if (last?.term === to.term && now() - last.at < SAME_MS) return last.answer;
    const head = { method: "GET", path, host: HOST, address: "unknown" };
    const headers = { host: HOST, [HEADER]: heads.write(to.term, head) };
    const answer = askSmall(to, path, headers, READY_MS);
    asked.set(path, { term: to.term, at: now(), answer });
    return answer;
  }

  async function reached(): Promise<"reached" | "not reached"> {
    return (await ask("/healthz"))?.status === 200 ? "reached" : "not reached";
  }

  /** As ready as the one that leads. */
  async function ready(): Promise<Response> {
    const answer = await ask("/readyz");
    if (!answer) return told(noLeader());
    const headers = { "content-type": answer.type, "cache-control": "no-store" };
    return new Response(answer.body, { status: answer.status, headers });
  }
}

const TEXT = "text/plain; version=0.0.4; charset=utf-8";
const digest = (text: string) => hash("sha256", text, "buffer");

const same = (given = "", token: string) =>
  timingSafeEqual(digest(given), digest(`Bearer ${token}`));

/** As the one that leads writes them beside the others. Source: Prometheus, "Exposition formats". */
export function prometheus(gauges: readonly Gauge[]): string {
  return gauges
    .map(({ name, help, values }) => {
      const plain = name.replaceAll(".", "_");
      const lines = values.map(({ value }) => `${plain} ${value}`);
      return [`# HELP ${plain} ${help}`, `# TYPE ${plain} gauge`, ...lines, ""].join("\n");
    })
    .join("");
}
