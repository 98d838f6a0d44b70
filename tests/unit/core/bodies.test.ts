/** What JSON may cost is known before it is parsed, whatever stands in its strings. */
import { Readable } from "node:stream";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { JsonWalk } from "../../../src/core/bodies.ts";
import { type Json, serve } from "./serve.ts";

const MANY = { depth: 1000, values: 1000, names: 1000 };

function walk(source: string, bounds = MANY): JsonWalk {
  const one = new JsonWalk(bounds);
  for (const byte of Buffer.from(source)) one.take(byte);
  return one;
}

/** Counted by JSON itself. */
function counted(source: string): { names: number; depth: number } {
  let names = 0;
  const depthOf = (value: unknown): number => {
    if (typeof value !== "object" || value === null) return 0;
    const inner = Object.values(value);
    if (!Array.isArray(value)) names += inner.length;
    return 1 + Math.max(0, ...inner.map(depthOf));
  };
  const depth = depthOf(JSON.parse(source));
  return { names, depth };
}

const refused = (source: string, bounds: Partial<typeof MANY>) =>
  expect(() => walk(source, { ...MANY, ...bounds })).toThrow(
    expect.objectContaining({ code: "json_too_complex", status: 400 }),
  );

test("names and depth are those of the JSON, whatever stands in its strings", () => {
  const tricky = fc.string({ unit: fc.constantFrom("\\", '"', "[", "{", ":", ",", "ñ", "}") });
  const any = fc.oneof(
    fc.jsonValue(),
    fc.jsonValue({ stringUnit: "binary" }),
    fc.dictionary(tricky, tricky),
  );
  fc.assert(
    fc.property(any, (value) => {
      const source = JSON.stringify(value);
      const { names, depth } = counted(source);
      expect(walk(source, { ...MANY, names, depth }).depth).toBe(0);
      if (names > 0) refused(source, { names: names - 1 });
      if (depth > 0) refused(source, { depth: depth - 1 });
    }),
  );
});

test("a body is refused before it is parsed, by depth, by values and by names", async () => {
  await using served = await serve();
  const names = Array.from({ length: 40_000 }, (_, i) => `"k${i}":1`).join(",");
  const bodies = [
    `{"messages":[${"{},".repeat(300_000)}{}]}`,
    `{${names}}`,
    `{"messages":${"[".repeat(101)}${"]".repeat(101)}}`.padEnd(20_000),
  ];
  for (const body of bodies) {
    const reply = await served.post("/api/chat", body);
    expect([reply.status, ((await reply.json()) as Json).error.code]).toEqual([
      400,
      "json_too_complex",
    ]);
  }
  const brackets = await served.ask([{ role: "user", content: `${"[".repeat(5000)}"\\` }]);
  expect(brackets.text).toContain("[[");
});

test("a body has at most a megabyte where its route says nothing else", async () => {
  await using served = await serve();
  const body = (bytes: number) => `{"messages":[]${" ".repeat(bytes - 15)}}`;
  expect((await served.post("/api/chat", body(2 ** 20))).status).toBe(400);
  expect((await served.post("/api/chat", body(2 ** 20 + 1))).status).toBe(413);
});

test("a body of a known length is read as it is, and no stream of the web's is made of it", async () => {
  await using served = await serve();
  const streams = vi.spyOn(Readable, "toWeb");
  const { text } = await served.ask([{ role: "user", content: "¿Qué?" }]);
  expect(text).toBe("You said: ¿Qué?");
  expect(streams).not.toHaveBeenCalled();
  streams.mockRestore();
});

test("a body whose length its client does not tell is read as well", async () => {
  await using served = await serve();
  const body = new Blob(['{"messages":[{"role":"user","content":"Hi"}]}']).stream();
  const asked = { method: "POST", body, duplex: "half" } as RequestInit;
  expect(await (await fetch(`${served.url}/api/chat`, asked)).text()).toContain('" Hi"');
});
