import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, describe as group, it } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import en from "../../../src/locales/cli.en.json" with { type: "json" };
import es from "../../../src/locales/cli.es.json" with { type: "json" };
import errors from "../../../src/locales/errors.es.json" with { type: "json" };
import { describe, languageOf } from "../../../src/locales/index.ts";
import { ROOT } from "../../fixtures/charla.ts";

const placeholders = (text: string) => new Set(text.match(/\{\w+\}/g));
const sources = (pattern: string) =>
  globSync(pattern, { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), "utf8"));

group("the terminal's texts", () => {
  it("exist in both languages with the same parameters", () => {
    expect(Object.keys(es)).toEqual(Object.keys(en));
    for (const [key, text] of Object.entries(en)) {
      expect(placeholders(es[key as keyof typeof en]), key).toEqual(placeholders(text));
    }
  });

  it("are all used", () => {
    const code = sources("{src,scripts}/**/*.{ts,mjs}").join("\n");
    const told = (key: string) => [
      key,
      key.replace(/^\w+\./, ""),
      key.replace(/^doctor\.name\./, ""),
    ];
    const unused = Object.keys(en).filter(
      (key) => !told(key.replace(/\.hint$/, "")).some((name) => code.includes(`"${name}"`)),
    );
    // Set-up failures are named by the table of what npm prints.
    expect(unused.filter((key) => !code.includes(`${key.split(".")[1]}: /`))).toEqual([]);
  });

  it("follow the variables that POSIX names, in its order", () => {
    expect(languageOf({ LANG: "es_ES.UTF-8" })).toBe("es");
    expect(languageOf({ LC_ALL: "C", LANG: "es_ES.UTF-8" })).toBe("en");
    expect(languageOf({ LC_MESSAGES: "es_MX", LANG: "en_US" })).toBe("es");
    expect(languageOf({})).toBe("en");
  });
});

group("the Spanish of errors", () => {
  const code = sources("src/**/*.ts");
  /** Each `new CharlaError("code", { ... })`, up to the bracket that closes it. */
  const thrown = code.flatMap((source) =>
    [...source.matchAll(/new CharlaError\(\s*"(\w+)",\s*(\{[\s\S]*?\n\s*\}\))/g)].map(
      ([, name, options]) => ({ name: name as string, options: options as string }),
    ),
  );
  const spanish: Record<string, { message: string; hint: string }> = errors;

  it("is there for every error that is thrown, with the same parameters", () => {
    expect(thrown.length).toBeGreaterThan(30);
    for (const { name, options } of thrown) {
      expect(spanish, name).toHaveProperty(name);
      const english = [...options.matchAll(/"(?:[^"\\]|\\.)*"/g)].join(" ");
      const { message, hint } = spanish[name] as { message: string; hint: string };
      expect(placeholders(`${message} ${hint}`), name).toEqual(placeholders(english));
    }
  });

  it("has nothing left over, and is sorted", () => {
    const all = code.join("\n");
    expect(Object.keys(errors).filter((name) => !all.includes(`"${name}"`))).toEqual([]);
    expect(Object.keys(errors)).toEqual(Object.keys(errors).toSorted());
  });

  it("says in a terminal how to see a bug, where there is no request and no log", () => {
    const bug = CharlaError.from(new TypeError("no"));
    for (const language of ["en", "es"] as const) {
      expect(describe(bug, language).hint).toContain("CHARLA_DEBUG=1");
      expect(describe(bug, language).hint).not.toMatch(/request|petición/);
    }
  });

  it("is filled in with the values of the error", () => {
    const error = new CharlaError("port_in_use", {
      message: "Port {port} on {host} is taken by another program.",
      hint: "Choose another one.",
      params: { port: 80, host: "::1" },
    });
    expect(describe(error, "es").message).toBe("El puerto 80 de ::1 lo usa otro programa.");
    expect(describe(error, "en").message).toBe("Port 80 on ::1 is taken by another program.");
  });
});
