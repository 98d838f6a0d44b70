import fc from "fast-check";
import { expect, test } from "vitest";
import { CharlaError, fill } from "../../../src/core/errors.ts";

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
