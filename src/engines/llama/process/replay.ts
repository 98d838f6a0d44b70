/**
 * An answer that is said to be the model's, computed again: prompt and answer are read in one pass, which
 * takes a fraction of the time of writing, and at each place the sampler says which token it would have
 * taken with the same numbers, and how far the one that stands there was from it.
 *
 * Source: "Token-DiFR", arXiv 2511.20621, 2025.
 */
import type { Sampler } from "../sampling/sampler.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Adapter } from "./work.ts";

export interface Place {
  /** Token ids: of what stands there, and of what would have been taken. */
  readonly id: number;
  readonly winner: number;
  /** See `Replayed`. */
  readonly behind: number;
}

interface Pass {
  /** Token ids; at least one. */
  readonly prompt: readonly number[];
  readonly answer: readonly number[];
  /** Fresh. */
  readonly sampler: Sampler;
  /** The prompt as well, in chunks as small as the answer's: it may have been read in other batches. */
  readonly slowly: boolean;
  readonly adapter: Adapter | undefined;
  readonly signal: AbortSignal;
}

/** Of an answer that is so far off at each token, no other cut makes the same one. */
const HOPELESS = 1;
/** After so many tokens that is seen. */
const ENOUGH = 64;
/** What one token can weigh, so that one that is out of place does not decide. */
const CLIP = 4;

/** Reads it once; places are missing only where it was cancelled. */
export async function judged(
  { prompt, answer, sampler, slowly, adapter, signal }: Pass,
  scheduler: Pick<Scheduler, "add">,
): Promise<readonly Place[]> {
  const places: Place[] = [];
  if (answer.length === 0) return places;
  await new Promise<void>((resolve, reject) => {
    scheduler.add({
      tokens: [...prompt, ...answer.slice(0, -1)],
      outputs: { before: prompt.length, slowly },
      ...{ adapter, alone: false, systemTokens: 0, signal },
      onStart() {},
      onLogits(logits) {
        const id = answer[places.length];
        if (id === undefined) return undefined;
        // How far each is off takes as long as many tokens, and of what is hopeless nobody needs it.
        const roughly = places.length >= ENOUGH && weight(places) > HOPELESS * places.length;
        places.push({ id, ...sampler.judge(logits, id, roughly) });
        return undefined;
      },
      onEnd: (error) => (error === undefined ? resolve() : reject(error)),
    });
  });
  return places;
}

/** Of how one answer was cut into tokens, so many guesses are tried. */
const MOST_GUESSES = 12;
/** One word can take so many: nothing fits better before the last of them, as the draws go by place. */
const IN_A_ROW = 3;

interface Options {
  /** The answer as it would be cut if somebody else had written it. */
  readonly tokens: readonly number[];
  cut(text: string): Promise<readonly number[]>;
  /** @param slowly see `Pass` */
  judge(answer: readonly number[], slowly: boolean): Promise<readonly Place[]>;
  /** The bytes of a token. */
  piece(id: number): Buffer;
  readonly signal: AbortSignal;
}

/**
 * A text does not tell the tokens that it was written in: one in some hundred words is written in other
 * pieces than it would be cut into. Where the token that would have been taken is what stands there as
 * well, the text is cut so, and read once more; what fits better is kept. Nor does it tell in which batches
 * the prompt was read, which moves sums a little: of two ways, the one that fits better is kept, too.
 */
export async function replay({ tokens, cut, judge, piece, signal }: Options) {
  let [best, slowly] = [await judge(tokens, false), false];
  if (weight(best) > 0 && !signal.aborted) {
    const again = await judge(tokens, true);
    if (weight(again) < weight(best)) [best, slowly] = [again, true];
  }
  let [read, from, inVain] = [best, 0, 0];
  // Where to go on if the guesses in a row have led nowhere.
  let next = 0;
  for (let guess = 0; guess < MOST_GUESSES && !signal.aborted; guess++) {
    if (weight(best) > HOPELESS * best.length) break;
    const found = otherwise(read, from, piece);
    if (!found && read === best) break;
    if (found) {
      const rest = await cut(found.rest);
      const kept = read.slice(0, found.at).map(({ id }) => id);
      if (read === best) next = found.at + 1;
      read = await judge([...kept, read[found.at]?.winner as number, ...rest], slowly);
      from = found.at + 1;
      inVain++;
      if (weight(read) < weight(best)) [best, inVain] = [read, 0];
    }
    if (!found || inVain === IN_A_ROW) [read, from, inVain] = [best, next, 0];
  }
  return best;
}

const weight = (places: readonly Place[]): number =>
  places.reduce((sum, { behind }) => sum + Math.min(CLIP, behind), 0);

/** The first place where what would have been taken goes on with the text, in other pieces. */
function otherwise(places: readonly Place[], from: number, piece: (id: number) => Buffer) {
  for (let at = from; at < places.length; at++) {
    const { id, winner } = places[at] as Place;
    if (id === winner) continue;
    const begins = piece(winner);
    if (begins.length === 0) continue;
    // No token is shorter than a byte.
    const near = places.slice(at, at + begins.length).map((place) => piece(place.id));
    if (!Buffer.concat(near).subarray(0, begins.length).equals(begins)) continue;
    const rest = Buffer.concat(places.slice(at).map((place) => piece(place.id)));
    const behind = rest.subarray(begins.length);
    const text = behind.toString("utf8");
    // A character that is spread over tokens cannot be cut in two.
    if (Buffer.from(text).equals(behind)) return { at, rest: text };
  }
  return undefined;
}
