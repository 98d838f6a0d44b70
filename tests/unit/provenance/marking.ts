/**
 * A model of a few hundred words, whose next word depends on the last two: the sampler of the real
 * engine draws its answers, so that they carry real marks, and thousands of them take no time.
 */
import { createHash } from "node:crypto";
import { Draw } from "../../../src/core/draw.ts";
import { Sampler } from "../../../src/engines/llama/sampling/sampler.ts";
import type { WatermarkKey } from "../../../src/features/provenance/watermark/keys.ts";

export const VOCABULARY = 600;
/** A token is a space and a word of letters, or a newline. */
export const wordOf = (id: number) => (id === 0 ? "\n" : ` ${id.toString(36)}`);

export const words = {
  async tokenize(text: string) {
    return [...text.matchAll(/\n| ?[^\s]+| /gu)].map(([word]) =>
      word === "\n" ? 0 : Math.abs(Number.parseInt(word.trim(), 36) || 1) % VOCABULARY,
    );
  },
  async detokenize(ids: readonly number[]) {
    return ids.map(wordOf).join("");
  },
};

export function keyOf(n: number): WatermarkKey {
  const key = createHash("sha256").update(`key ${n}`).digest();
  const since = new Date(Date.UTC(2026, 0, n)).toISOString();
  return { id: `wm-${n}`, key: key.toString("hex"), draw: new Draw(key), digest: "", since };
}

/**
 * @param key marks it; drawn by the seed where there is none
 * @param spread of the logits: 3 gives about 1 nat a token, 1 about 5
 */
export function write(
  count: number,
  { seed = 1, key, spread = 3 }: { seed?: number; key?: WatermarkKey; spread?: number } = {},
): number[] {
  const sampling = { temperature: 1, topP: 1, maxTokens: count, seed };
  const draw = key && { id: key.id, key: key.key, required: true };
  const sampler = new Sampler({ sampling, draw });
  // Each answer begins elsewhere, as answers to different questions do.
  sampler.accept(1 + (seed % (VOCABULARY - 1)));
  const logits = new Float32Array(VOCABULARY);
  while (sampler.tokens.length < count) {
    const [a = 0, b = 0] = sampler.tokens.slice(-2);
    let state = (Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 7, 0x85ebca6b)) >>> 0;
    logits.fill(-30);
    for (let n = 0; n < 20; n++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      logits[1 + ((state >>> 8) % (VOCABULARY - 1))] = (spread * (state & 0xff)) / 64;
    }
    sampler.next(logits);
  }
  return sampler.tokens;
}
