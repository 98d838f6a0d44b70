/**
 * The texts of the page: those that all of it shares, and each room's own. That both languages have
 * the same keys the compiler sees; here is what it does not.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test, vi } from "vitest";

const root = fileURLToPath(new URL("../../../web/src/", import.meta.url));
const rooms = globSync("panels/*/words.ts", { cwd: root }).sort();

type Table = Readonly<Record<string, string>>;
const tables = new Map<string, { readonly en: Table; readonly es: Table }>();
const read = (path: string): Table => JSON.parse(readFileSync(join(root, path), "utf8"));

beforeAll(async () => {
  vi.stubGlobal("navigator", { language: "en" });
  vi.stubGlobal("document", { documentElement: {} });
  tables.set(".", { en: read("locales/en.json"), es: read("locales/es.json") });
  for (const room of rooms) {
    const { en, es } = await import(pathToFileURL(join(root, room)).href);
    tables.set(dirname(room), { en, es });
  }
});

/** The code of a folder, with all that is below it. */
const codeOf = (folder: string) =>
  globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root })
    .filter((path) => !path.endsWith("words.ts"))
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n");

describe("the translations", () => {
  test("are found", () => expect(tables.size).toBeGreaterThan(10));

  test("of the page have the same keys, sorted", () => {
    const { en = {}, es = {} } = tables.get(".") ?? {};
    expect(Object.keys(es)).toEqual(Object.keys(en));
    expect(Object.keys(en)).toEqual(Object.keys(en).toSorted());
  });

  test("have the same parameters, and no empty text", () => {
    const params = (text = "") => (text.match(/\{\w+\}/g) ?? []).toSorted();
    for (const { en, es } of tables.values()) {
      for (const [key, text] of Object.entries(en)) {
        expect(params(es[key]), key).toEqual(params(text));
        expect(text.trim() && es[key]?.trim(), key).toBeTruthy();
      }
    }
  });

  test("are all used, and in no two places", () => {
    const all = [...tables.values()].flatMap(({ en }) => Object.keys(en));
    expect(all).toEqual([...new Set(all)]);
    for (const [folder, { en }] of tables) {
      const code = codeOf(folder);
      // A key may be put together: t(`status.${state}`).
      const prefixes = [...code.matchAll(/`([a-z.]+\.)\$\{/g)].map(([, prefix]) => prefix ?? "");
      // And the singular of one where its plural is named.
      const named = (key: string) =>
        code.includes(`"${key}"`) || prefixes.some((prefix) => key.startsWith(prefix));
      const unused = Object.keys(en).filter(
        (key) => !named(key) && !(code.includes("}.one`") && named(key.replace(/\.one$/, ""))),
      );
      expect(unused, folder).toEqual([]);
    }
  });
});
