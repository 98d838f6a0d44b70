/** Up to which length a model finds what stands in its window: over HTTP, on engines that look back so far. */
import { expect, test } from "vitest";
import type { Engine } from "../../../src/core/engine.ts";
import { lengthReport } from "../../../src/features/evaluation/length/summary.ts";
import { serve } from "../../fixtures/shared-mode.ts";
import { several, toy } from "./toy.ts";

/** Characters that have to be the same for what followed them to be expected again. */
const ALIKE = 24;

/** Goes on as it went on before, if that is no further back than its reach; each character is a token. */
function induction(id: string, reach: number, contextWindow = 4096): Engine {
  const base = toy({ id, digest: id.padEnd(64, "0") });
  return {
    ...base,
    card: { ...base.card, contextWindow },
    async scoreTokens(tokens, { from, signal }) {
      signal.throwIfAborted();
      const text = String.fromCodePoint(...tokens);
      return tokens.slice(from).map((code, at) => {
        const place = from + at;
        const before = text.lastIndexOf(
          text.slice(Math.max(0, place - ALIKE), place),
          place - ALIKE - 1,
        );
        const seen = before >= 0 && place - before <= reach ? text.codePointAt(before + ALIKE) : 0;
        const one = (id: number) => ({
          ...{ id, text: String.fromCodePoint(id), logprob: id === seen ? -0.1 : -3 },
          bytes: [...Buffer.from(String.fromCodePoint(id))],
        });
        return { ...one(code), top: [one(seen ?? 0)] };
      });
    },
  };
}

/** Of which no part of 24 characters comes twice. */
const long = (language: string) =>
  Array.from({ length: 900 }, (_, n) => `${language} ${n * 7919} is a number;`).join(" ");
const FILE = ["en", "es"].map((lang) => JSON.stringify({ text: long(lang), lang })).join("\n");

test("the length is the longest window in which enough is found, and everybody is told of it", async () => {
  const engines = () =>
    several([induction("near", 1400), induction("far", 9000), induction("none", 0)]);
  const place = await serve({ engines });
  const ana = await place.administrator();
  const { id } = await ana.must("POST", "/api/evaluations", {
    ...{ kind: "length", models: ["near", "far", "none"] },
    text: { name: "numbers.jsonl", content: FILE },
    lengths: [512, 1024, 2048, 4096, 8192],
    needles: 1,
  });
  const read = () => ana.must("GET", `/api/evaluations/${id}`);
  await expect.poll(async () => (await read()).state, { timeout: 30_000 }).toBe("done");
  const { models } = await read();
  const [near, far, none] = models.map(({ length }: { length: object }) => length);
  // What is longer than the model's window is not tried.
  expect(near).toMatchObject({ measured: 1024, tried: 4096 });
  expect(far).toMatchObject({ measured: 4096, tried: 4096 });
  expect(none).toMatchObject({ measured: 0 });
  const row = near.rows.find(
    (one: { language: string; length: number }) => one.language === "es" && one.length === 2048,
  );
  expect(row.depths.map(({ found }: { found: { hits: number } }) => found.hits)).toEqual([
    0, 0, 1, 1, 1,
  ]);
  // Of a text in which nothing comes again, by how much stands before it.
  expect(near.stretches.slice(0, 2)).toMatchObject([
    { language: "en", from: 0, to: 512 },
    { language: "en", from: 512, to: 1024 },
  ]);
  const shown = await ana.must("GET", `/api/evaluations/${id}/shown?language=en`);
  expect(shown.notes[0]).toBe(
    "near finds facts in windows of up to 1,024 tokens (tried up to 4,096).",
  );
  const table = await ana.must("GET", `/api/evaluations/table?runs=${id}&language=en`);
  expect(table.tables[0].head).toContain("Finds facts up to, tokens");

  const eva = await place.join(ana, "eva@example.org");
  const { items } = await eva.must("GET", "/api/evaluations/lengths");
  expect(items).toMatchObject([
    { digest: "far".padEnd(64, "0"), measured: 4096 },
    { digest: "near".padEnd(64, "0"), measured: 1024 },
    { digest: "none".padEnd(64, "0"), measured: 0 },
  ]);
});

test("a longer window counts only where no shorter one has failed", () => {
  const of = (language: "en" | "es", length: number, hits: number) =>
    Array.from({ length: 10 }, (_, at) => ({
      ...({ what: "needle", language, length, depth: at / 10 } as const),
      ...{ found: at < hits, nats: 1 },
    }));
  const all = [
    of("en", 512, 10),
    of("es", 512, 8),
    of("en", 1024, 7),
    of("es", 1024, 10),
    of("en", 2048, 10),
    of("es", 2048, 10),
  ];
  expect(lengthReport(all.flat())).toMatchObject({ measured: 512, tried: 2048 });
  expect(lengthReport([])).toBeNull();
});
