import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CharlaError, fill } from "../../../src/core/errors.ts";
import spanish from "../../../src/locales/errors.es.json" with { type: "json" };

test("each {name} is filled, unknown ones stay, and values are not filled again", () => {
  expect(fill("{a} and {b}: {c}", { a: 1, b: "{a}" })).toBe("1 and {a}: {c}");
  expect(fill("{constructor} {__proto__}", {})).toBe("{constructor} {__proto__}");
});

test("any value comes out as it went in", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => {
      expect(fill("<{it}>", { it: value })).toBe(`<${value}>`);
    }),
  );
});

test("an error travels as OpenAI's shape with a hint, and without its cause", () => {
  const error = new CharlaError("port_in_use", {
    status: 409,
    message: "Port {port} is taken.",
    hint: "Try {port} plus one.",
    param: "port",
    params: { port: 8080 },
    cause: new Error("secret"),
  });
  expect(JSON.parse(JSON.stringify({ error }))).toEqual({
    error: {
      message: "Port 8080 is taken.",
      type: "invalid_request_error",
      code: "port_in_use",
      param: "port",
      hint: "Try 8080 plus one.",
      retryable: false,
      params: { port: 8080 },
    },
  });
});

test.each([
  [400, "invalid_request_error", false],
  [429, "invalid_request_error", true],
  [500, "server_error", false],
  [503, "server_error", true],
])("%i is a %s, retryable: %s", (status, type, retryable) => {
  const error = new CharlaError("x", { status, message: "", hint: "" });
  expect(error.toJSON()).toMatchObject({ type, retryable });
});

test("anything else that is thrown is a bug that tells nothing to the outside", () => {
  for (const thrown of [new Error("secret"), "secret", undefined, null, { secret: 1 }]) {
    const error = CharlaError.from(thrown);
    expect(error).toMatchObject({ code: "internal_error", status: 500, cause: thrown });
    expect(JSON.stringify(error)).not.toContain("secret");
  }
  const own = new CharlaError("x", { message: "", hint: "" });
  expect(CharlaError.from(own)).toBe(own);
});

/** Code, message and hint of every `new CharlaError(` and `fail(` in the sources. */
function thrownErrors(): { code: string; message: string; hint: string; file: string }[] {
  const folder = join(import.meta.dirname, "../../../src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => {
      const source = readFileSync(join(folder, file), "utf8");
      const calls = source.matchAll(/(?:new CharlaError|fail)\(\s*"(\w+)",\s*\{(.*?)\n\s*\}\)/gs);
      return [...calls].map(([, code = "", body = ""]) => {
        const text = (name: string) => {
          const [, literal = ""] = new RegExp(`${name}:\\s*((?:"[^"]*"[\\s+]*)+)`).exec(body) ?? [];
          return [...literal.matchAll(/"([^"]*)"/g)].map(([, part]) => part).join("");
        };
        return { code, message: text("message"), hint: text("hint"), file };
      });
    });
}

const names = (template: string) => [...template.matchAll(/\{(\w+)\}/g)].map(([, one]) => one);

test("every error has Spanish with the same parameters, and one text for each code", () => {
  const texts: Record<string, { message: string; hint: string }> = spanish;
  const english = new Map<string, string>();
  const thrown = thrownErrors();
  expect(thrown.length).toBeGreaterThan(20);
  for (const { code, message, hint, file } of thrown) {
    const where = `${code} in ${file}`;
    expect(texts[code], where).toBeDefined();
    if (message === "") continue;
    expect(new Set(names(texts[code]?.message ?? "")), where).toEqual(new Set(names(message)));
    expect(new Set(names(texts[code]?.hint ?? "")), where).toEqual(new Set(names(hint)));
    expect(english.get(code) ?? message, where).toBe(message);
    english.set(code, message);
  }
});
