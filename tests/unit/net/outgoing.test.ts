/**
 * Every place that opens a connection is known: each is a row of the table in `docs/threat-model.md`,
 * which says who decides the address. A new one fails here until somebody has thought about it.
 */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Calls of `fetch`, and imports of values from what can connect. */
const OPENS = [
  /(?<![.#\w])fetch\(/,
  /^import (?!type\b).* from "(?:node:(?:https?|http2|net|tls|dgram|dns(?:\/promises)?)|undici|ws)"/m,
  /\bimport\("(?:node:(?:https?|http2|net|tls|dgram|dns(?:\/promises)?)|undici|ws)"\)/,
  /\bnew (?:WebSocket|EventSource)\(/,
];
/** They look at addresses, or listen, and open nothing. */
const HARMLESS = [
  ...[
    "src/net/addresses.ts",
    "src/net/client.ts",
    "src/server/listen.ts",
    "src/server/listen-both.ts",
  ],
  "src/features/personal-data/recognise/contact.ts",
];
const KNOWN = [
  "src/engines/remote/connection.ts",
  "src/net/fetch.ts",
  "src/net/proxy.ts",
  "src/replicas/send.ts",
  "src/storage/postgres.ts",
];

test("opens connections in known places only", () => {
  const files = globSync("src/**/*.ts", { cwd: root });
  const opening = files.filter((file) => {
    // Methods of that name are another thing.
    const source = readFileSync(root + file, "utf8").replace(/^\s+(async )?fetch\(.*\{$/gm, "");
    return OPENS.some((pattern) => pattern.test(source));
  });
  expect(opening.filter((file) => !HARMLESS.includes(file)).toSorted()).toEqual(KNOWN);
});

test("and each stands in the threat model", () => {
  const text = readFileSync(`${root}docs/threat-model.md`, "utf8");
  for (const file of KNOWN) {
    const [, folder = file] = /^src\/(engines\/\w+\/)/.exec(file) ?? [];
    expect(text).toContain(folder.replace(/^src\//, ""));
  }
});
