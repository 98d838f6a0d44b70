/**
 * The random numbers of an answer, one for each token that may come next: HMAC-SHA256 of the last
 * tokens under a key. Who has the key can draw them again: the engine to repeat an answer, a detector
 * to recognise a text, a verifier to compute what would have been taken. Runs anywhere, a browser too.
 *
 * Source: Aaronson and Kirchner, "Watermarking GPT outputs", 2022; RFC 2104 (HMAC), FIPS 180-4.
 */

/** How many tokens before a token decide its number. */
export const CONTEXT_TOKENS = 4;

/** Bytes of a block of SHA-256, and of a key at most. */
const BLOCK = 64;
/** "wm1", which tells these numbers from whatever else a key may be used for. */
const LABEL = 0x776d31;
/** In bits, with the block of the key before: 3 bytes of label, 4 of each token; a digest. */
const INNER_BITS = (BLOCK + 3 + 4 * (CONTEXT_TOKENS + 1)) * 8;
const OUTER_BITS = (BLOCK + 32) * 8;

export class Draw {
  /** States of SHA-256 after the key's block: each number takes two more blocks and no more. */
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;

  /** @param key up to 64 bytes */
  constructor(key: Uint8Array) {
    if (key.length > BLOCK) throw new RangeError(`a key has up to ${BLOCK} bytes`);
    this.#inner = keyed(key, 0x36);
    this.#outer = keyed(key, 0x5c);
  }

  /**
   * @param context the last tokens before the place, oldest first: CONTEXT_TOKENS ids
   * @param token id of the one that may stand there
   * @returns above 0 and below 1, with 53 random bits
   */
  uniform(context: ArrayLike<number>, token: number): number {
    const [a, b, c, d] = [context[0], context[1], context[2], context[3]] as number[] as Four;
    words[0] = (LABEL << 8) | (a >>> 24);
    words[1] = (a << 8) | (b >>> 24);
    words[2] = (b << 8) | (c >>> 24);
    words[3] = (c << 8) | (d >>> 24);
    words[4] = (d << 8) | (token >>> 24);
    words[5] = (token << 8) | 0x80;
    words.fill(0, 6, 15);
    words[15] = INNER_BITS;
    compress(this.#inner);
    for (let index = 0; index < 8; index++) words[index] = digest[index] as number;
    words[8] = 0x80000000;
    words.fill(0, 9, 15);
    words[15] = OUTER_BITS;
    compress(this.#outer);
    const high = (digest[0] as number) >>> 0;
    const top53 = high * 2 ** 21 + ((digest[1] as number) >>> 11);
    return Math.min((top53 + 0.5) / 2 ** 53, 1 - Number.EPSILON / 2);
  }
}

type Four = [number, number, number, number];

/** Cube roots of the first 64 primes, square roots of the first 8: 32 bits behind the point. */
const PRIMES = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) => n > 1 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && n % d === 0),
);
const fraction = (root: number) => ((root % 1) * 2 ** 32) | 0;
const ROUNDS = Int32Array.from(PRIMES.slice(0, 64), (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

/** A block, its schedule, and the state after it; made once, since nothing here waits. */
const words = new Int32Array(64);
const digest = new Int32Array(8);

function keyed(key: Uint8Array, pad: number): Int32Array {
  for (let index = 0; index < 16; index++) {
    let word = 0;
    for (let byte = 4 * index; byte < 4 * index + 4; byte++) {
      word = (word << 8) | ((key[byte] ?? 0) ^ pad);
    }
    words[index] = word;
  }
  compress(START);
  return digest.slice();
}

/** Of `words` into `digest`, from a state that stays as it is. */
function compress(state: Int32Array): void {
  for (let t = 16; t < 64; t++) {
    const x = words[t - 15] as number;
    const y = words[t - 2] as number;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[t] = ((words[t - 16] as number) + s0 + (words[t - 7] as number) + s1) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const choice = (e & f) ^ (~e & g);
    const one = (h + s1 + choice + (ROUNDS[t] as number) + (words[t] as number)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  digest[0] = a + (state[0] as number);
  digest[1] = b + (state[1] as number);
  digest[2] = c + (state[2] as number);
  digest[3] = d + (state[3] as number);
  digest[4] = e + (state[4] as number);
  digest[5] = f + (state[5] as number);
  digest[6] = g + (state[6] as number);
  digest[7] = h + (state[7] as number);
}
