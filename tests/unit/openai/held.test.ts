/** Tokens are let go with their text: never before all of it is shown, and never later. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import type { TokenLogprob } from "../../../src/core/extras.ts";
import { DEFAULT_SAMPLING, type Text } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { openai } from "../../../src/features/openai/open.ts";
import { testHouse } from "../../fixtures/house.ts";

/** A text of characters of 1 to 4 bytes, and where to cut its bytes into tokens. */
const written = fc.tuple(
  fc.string({ unit: fc.constantFrom("a", "b", "é", "中", "🦉"), maxLength: 20 }),
  fc.array(fc.nat(60), { maxLength: 30 }),
);
const stops = fc.array(
  fc.string({ unit: fc.constantFrom("a", "b", "é", "🦉"), minLength: 1, maxLength: 4 }),
  { maxLength: 3 },
);

/** Pieces as an engine gives them: whole characters, a token at a time. */
function toPieces(text: string, cuts: readonly number[]): Text[] {
  const bytes = Buffer.from(text);
  const ends = [...new Set([...cuts, bytes.length])].filter(
    (cut) => cut > 0 && cut <= bytes.length,
  );
  const decoder = new TextDecoder();
  let from = 0;
  return ends
    .toSorted((a, b) => a - b)
    .map((end, id) => {
      const part = bytes.subarray(from, end);
      from = end;
      const token = { id, text: part.toString(), bytes: [...part], logprob: -1, top: [] };
      return { type: "text", text: decoder.decode(part, { stream: true }), tokens: [token] };
    });
}

async function show(pieces: readonly Text[], stop: readonly string[]) {
  const engine = {
    ...scripted(),
    grants: ["logprobs" as const],
    async *generate() {
      yield* pieces;
      const size = { promptTokens: 1, cachedTokens: 0, completionTokens: pieces.length };
      yield { reason: "stop" as const, ...size };
    },
  };
  const house = testHouse({ engines: only(engine) });
  house.open(openai);
  const { run } = house;
  const messages = [{ role: "user", content: "Write." }] as const;
  const { signal } = new AbortController();
  const turn = { messages, sampling: DEFAULT_SAMPLING, origin: "test", signal, stop };
  let text = "";
  const tokens: TokenLogprob[] = [];
  const shown: { text: number; tokens: number }[] = [];
  for await (const delta of run({ ...turn, extras: { logprobs: 0 } })) {
    if (delta.type !== "text") continue;
    expect(delta.text.isWellFormed()).toBe(true);
    text += delta.text;
    tokens.push(...(delta.tokens ?? []));
    shown.push({ text: Buffer.byteLength(text), tokens: length(tokens) });
  }
  return { text, tokens, shown };
}

const length = (tokens: readonly TokenLogprob[]) =>
  tokens.reduce((sum, { bytes }) => sum + bytes.length, 0);

test("however text, tokens and stops lie", async () => {
  const property = fc.asyncProperty(written, stops, async ([text, cuts], stop) => {
    const pieces = toPieces(text, cuts);
    const result = await show(pieces, stop);
    const all = pieces.flatMap(({ tokens = [] }) => tokens);
    // In order, none left out, none twice.
    expect(result.tokens).toEqual(all.slice(0, result.tokens.length));
    // At no time was a token shown whose text was not.
    if (stop.length > 0) {
      for (const { text, tokens } of result.shown) expect(tokens).toBeLessThanOrEqual(text);
    }
    // In the end all tokens are shown whose text is.
    const next = all[result.tokens.length]?.bytes.length ?? Number.POSITIVE_INFINITY;
    expect(length(result.tokens) + next).toBeGreaterThan(Buffer.byteLength(result.text));
  });
  await fc.assert(property, { numRuns: 1000 });
});

test("of bytes that are no text, the tokens of whole pieces stay in step", async () => {
  const broken = (id: number) => ({ id, text: "\ufffd", bytes: [0xff], logprob: -1, top: [] });
  const word = { id: 9, text: "abc", bytes: [97, 98, 99], logprob: -1, top: [] };
  const pieces: Text[] = [
    { type: "text", text: "\ufffd", tokens: [broken(1)] },
    { type: "text", text: "\ufffd", tokens: [broken(2)] },
    { type: "text", text: "abc", tokens: [word] },
  ];
  const { text, tokens } = await show(pieces, ["c"]);
  expect(text).toBe("\ufffd\ufffdab");
  expect(tokens.map(({ id }) => id)).toEqual([1, 2]);
});
