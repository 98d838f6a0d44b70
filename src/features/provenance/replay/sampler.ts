/** From the line of a receipt that says how the tokens were chosen back to the settings. */
import type { Extras, Sampling } from "../../../core/types.ts";

export interface Settings {
  readonly sampling: Pick<Sampling, "temperature" | "topP">;
  readonly extras: Extras;
}

const NUMBER = "(-?\\d+(?:\\.\\d+)?(?:e-?\\d+)?)";
const step = (source: string) => new RegExp(`^${source.replaceAll("#", NUMBER)}$`);

/** Each step as `Sampler.description` writes it. */
const STEPS: readonly (readonly [RegExp, (one: number, other: number) => Partial<Settings>])[] = [
  [step("temperature #, top-p #"), (temperature, topP) => ({ sampling: { temperature, topP } })],
  [step("greedy"), () => ({ sampling: { temperature: 0, topP: 1 } })],
  [step("top-k #"), (topK) => ({ extras: { topK } })],
  [step("min-p #"), (minP) => ({ extras: { minP } })],
  [step("presence #"), (presencePenalty) => ({ extras: { presencePenalty } })],
  [step("frequency #"), (frequencyPenalty) => ({ extras: { frequencyPenalty } })],
  [step("repeat # \\(last all\\)"), (factor) => ({ extras: { repeatPenalty: { factor } } })],
  [
    step("repeat # \\(last #\\)"),
    (factor, lastN) => ({ extras: { repeatPenalty: { factor, lastN } } }),
  ],
  [/^drawn by /, () => ({})],
];

/** @returns undefined for a line with a step that cannot be repeated from its words: a grammar, a bias */
export function settingsOf(line: string): Settings | undefined {
  let made: Settings = { sampling: { temperature: Number.NaN, topP: 1 }, extras: {} };
  // The temperature's own comma is none between two steps.
  for (const one of line.split(/, (?!top-p )/)) {
    const found = STEPS.find(([form]) => form.test(one));
    if (!found) return undefined;
    const [form, read] = found;
    const [, ...numbers] = form.exec(one) ?? [];
    const { sampling = made.sampling, extras } = read(Number(numbers[0]), Number(numbers[1]));
    made = { sampling, extras: { ...made.extras, ...extras } };
  }
  return Number.isNaN(made.sampling.temperature) ? undefined : made;
}
