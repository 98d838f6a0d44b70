/** How fast a text is looked through, on this machine, and that a stream comes to the same. */
import { find, Scanner } from "../../src/features/personal-data/scan.ts";
import type { Sample } from "./generate.ts";
import { Random } from "./random.ts";

const PROSE =
  "El perro de mi vecina ladra todas las noches y no me deja dormir, así que pensé en escribirle una carta. ";
const BYTES = 2_000_000;
const ROUNDS = 3;

export interface Speed {
  readonly what: string;
  readonly megabytesPerSecond: number;
}

export function speeds(samples: readonly Sample[]): Speed[] {
  const dense = samples.map(({ text }) => text).join("\n");
  const prose = PROSE.repeat(Math.ceil(BYTES / PROSE.length));
  return [
    { what: "prose without any", megabytesPerSecond: measure(prose) },
    { what: "the generated set, something in every line", megabytesPerSecond: measure(dense) },
  ];
}

/** By the time of the processor, the best of some rounds: others use the machine as well. */
function measure(text: string): number {
  const bytes = Buffer.byteLength(text);
  const seconds = Array.from({ length: ROUNDS }, () => {
    const began = process.cpuUsage();
    find(text);
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  });
  return bytes / 1e6 / Math.min(...seconds);
}

export interface Streamed {
  readonly texts: number;
  /** Those of which a stream found something else. */
  readonly different: number;
  /** Characters held back at most, and on average, after a piece. */
  readonly mostHeld: number;
  readonly meanHeld: number;
}

/** Every text in pieces of 1 to 8 characters, as tokens come. */
export function stream(samples: readonly Sample[], seed: number): Streamed {
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
  }
  return { texts: samples.length, different, mostHeld, meanHeld: held / pieces };
}
