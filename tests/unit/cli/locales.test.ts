import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explain } from "../../../src/app/explain.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import en from "../../../src/locales/cli.en.json" with { type: "json" };
import es from "../../../src/locales/cli.es.json" with { type: "json" };
import { languageOf } from "../../../src/locales/index.ts";
import { ROOT } from "../../fixtures/charla.ts";

const placeholders = (text: string) => new Set(text.match(/\{\w+\}/g));
const sources = (pattern: string) =>
  globSync(pattern, { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), "utf8"));

describe("the terminal's texts", () => {
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
      key.replace(/^(doctor\.(name|value)|cli\.group)\./, ""),
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

describe("an error in the terminal", () => {
  it("says in a terminal how to see a bug, where there is no request and no log", () => {
    const bug = CharlaError.from(new TypeError("no"));
    for (const language of ["en", "es"] as const) {
      expect(explain(bug, language).hint).toContain("CHARLA_DEBUG=1");
      expect(explain(bug, language).hint).not.toMatch(/request|petición/);
    }
  });

  it("is filled in with the values of the error", () => {
    const error = new CharlaError("port_in_use", {
      message: "Port {port} on {host} is taken by another program.",
      hint: "Choose another one.",
      params: { port: 80, host: "::1" },
    });
    expect(explain(error, "es").message).toBe("El puerto 80 de ::1 lo usa otro programa.");
    expect(explain(error, "en").message).toBe("Port 80 on ::1 is taken by another program.");
  });
});
