/** That a stream comes to the same as the whole text, and how much is held back meanwhile. */
import { pauses } from "../../../core/slices.ts";
import { find, Scanner } from "../scan.ts";
import type { Sample } from "./generate.ts";
import { Random } from "./random.ts";

export interface Streamed {
  readonly texts: number;
  /** Those of which a stream found something else. */
  readonly different: number;
  /** Characters held back at most, and on average, after a piece. */
  readonly mostHeld: number;
  readonly meanHeld: number;
}

/** Every text in pieces of 1 to 8 characters, as tokens come. */
export async function stream(
  samples: readonly Sample[],
  seed: number,
  signal: AbortSignal,
): Promise<Streamed> {
  const pause = pauses(signal);
  const random = new Random(seed);
  let [different, mostHeld, held, pieces] = [0, 0, 0, 0];
  for (const { text } of samples) {
    const scanner = new Scanner();
    const found: string[] = [];
    let [given, taken] = [0, 0];
    const add = (list: ReturnType<Scanner["push"]>) => {
      for (const piece of list) {
        if (piece.type === "found") found.push(`${piece.kind} ${taken} ${piece.raw}`);
        taken += piece.raw.length;
      }
    };
    while (given < text.length) {
      const size = random.int(1, 8);
      add(scanner.push(text.slice(given, given + size)));
      given = Math.min(text.length, given + size);
      held += given - taken;
      mostHeld = Math.max(mostHeld, given - taken);
      pieces++;
    }
    add(scanner.end());
    const whole = find(text).map(
      ({ kind, start, end }) => `${kind} ${start} ${text.slice(start, end)}`,
    );
    if (found.join("\n") !== whole.join("\n")) different++;
    await pause();
  }
  return { texts: samples.length, different, mostHeld, meanHeld: held / pieces };
}
