/** How fast a text is looked through, on this machine. */

import type { Sample } from "../../src/features/personal-data/measure/generate.ts";
import { find } from "../../src/features/personal-data/scan.ts";

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
