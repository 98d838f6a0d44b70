/**
 * The proxy that a company puts before the internet: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in
 * capitals or not, as curl and most other programs read them. This machine's own addresses are never
 * asked through one.
 */
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { reachOf } from "./addresses.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Their connections are kept for the next request. */
const agents = new Map<string, http.Agent>();

/** What a request to this address goes through; undefined where it goes by itself. */
export function proxyAgent(url: URL, env: Environment = process.env): http.Agent | undefined {
  const proxy = proxyOf(url, env);
  if (proxy === undefined) return undefined;
  const key = `${url.protocol} ${proxy}`;
  const tls = url.protocol === "https:";
  const proxyEnv = tls ? { HTTPS_PROXY: proxy } : { HTTP_PROXY: proxy };
  const { Agent } = tls ? https : http;
  const agent = agents.get(key) ?? new Agent({ keepAlive: true, proxyEnv });
  agents.set(key, agent);
  return agent;
}

/** Address of the proxy, with a name and a password where it needs them. */
export function proxyOf(url: URL, env: Environment): string | undefined {
  const read = (name: string) => env[name.toLowerCase()] || env[name] || undefined;
  const proxy = read(url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const own = /(^|\.)localhost$/.test(host) || (isIP(host) > 0 && reachOf(host) === "loopback");
  if (proxy === undefined || own || excepted(url, read("NO_PROXY") ?? "")) return undefined;
  const address = URL.parse(proxy.includes("://") ? proxy : `http://${proxy}`);
  return address && /^https?:$/.test(address.protocol) ? address.href : undefined;
}

/** "example.org" and ".example.org" mean it and all below it; "*" is everything. */
function excepted({ hostname, port, protocol }: URL, list: string): boolean {
  const actual = port || (protocol === "https:" ? "443" : "80");
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = entry, wanted] = /^(.*[^:]|\[.*\]):(\d+)$/.exec(entry) ?? [];
      if (wanted !== undefined && wanted !== actual) return false;
      const bare = name.toLowerCase().replace(/^\*?\./, "");
      const plain = hostname.replace(/^\[|\]$/g, "");
      return plain === bare.replace(/^\[|\]$/g, "") || plain.endsWith(`.${bare}`);
    });
}
