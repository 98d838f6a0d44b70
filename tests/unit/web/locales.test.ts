/** Both languages of the page say the same things. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import en from "../../../web/src/locales/en.json" with { type: "json" };
import es from "../../../web/src/locales/es.json" with { type: "json" };

const source = fileURLToPath(new URL("../../../web/src", import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.tsx?$/.test(name),
);
const code = files.map((name) => readFileSync(join(source, name), "utf8")).join("\n");

describe("the translations", () => {
  test("have the same keys, sorted", () => {
    expect(Object.keys(es)).toEqual(Object.keys(en));
    expect(Object.keys(en)).toEqual(Object.keys(en).toSorted());
  });

  test("have the same parameters, and no empty text", () => {
    const params = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();
    for (const [key, text] of Object.entries(en)) {
      const other = es[key as keyof typeof es];
      expect(params(other), key).toEqual(params(text));
      expect(text.trim() && other.trim(), key).toBeTruthy();
    }
  });

  test("are all used", () => {
    // A key may be put together: t(`status.${state}`).
    const prefixes = [...code.matchAll(/`([a-z.]+\.)\$\{/g)].map(([, prefix]) => prefix ?? "");
    const unused = Object.keys(en).filter(
      (key) => !code.includes(`"${key}"`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });
});
