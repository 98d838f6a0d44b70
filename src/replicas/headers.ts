/**
 * What of a request's or an answer's headers goes on to the next connection: all but what was said of
 * the connection that it came by. Source: RFC 9110, section 7.6.1, but for one thing: what else a client
 * names in `Connection` goes on. Which headers are the connection's is not for it to say, since it could
 * strike out the length of a body, whose rest the next connection takes for a request, or where a request
 * comes from. The next one is our own leader, and what stays does no harm there.
 */
import { HEADER } from "./head.ts";

const OF_CONNECTION = new Set([
  ...["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding"],
  ...["upgrade", "http2-settings", "expect", HEADER],
]);

/**
 * @param raw names and values in turns, as they came
 * @param own says what the connection itself has to be told
 */
export function passOn(raw: readonly string[], own: readonly string[] = []): string[] {
  const stay = (name: string) => OF_CONNECTION.has(name) || name[0] === ":";
  return [
    ...pairsOf(raw)
      .filter(([name]) => !stay(name.toLowerCase()))
      .flat(),
    ...own,
  ];
}

export function pairsOf(raw: readonly string[]): [name: string, value: string][] {
  return raw.flatMap((name, at) =>
    at % 2 === 0 ? [[name, raw[at + 1] ?? ""] as [string, string]] : [],
  );
}

/** As HTTP/2 takes them: names in small letters, several values as a list. */
export function asObject(raw: readonly string[]): Record<string, string | string[]> {
  const made: Record<string, string | string[]> = Object.create(null);
  for (const [given, value] of pairsOf(raw)) {
    const name = given.toLowerCase();
    const known = made[name];
    made[name] = known === undefined ? value : [known, value].flat();
  }
  return made;
}
