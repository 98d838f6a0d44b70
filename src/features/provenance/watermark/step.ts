/**
 * Asks that every answer be drawn by the key of the mark, and says of each whether it was: by which
 * key, or why not. The mark is no step's work: it lies in the choice of the tokens, which is the
 * engine's.
 */
import { watching } from "../../../core/deltas.ts";
import { CharlaError } from "../../../core/errors.ts";
import type { Marked } from "../../../core/provenance.ts";
import type { Step } from "../../../core/turn.ts";
import type { Finish, Turn } from "../../../core/types.ts";
import type { WatermarkKey } from "./keys.ts";

/** Of the policy. */
export type Mode = "off" | "on" | "required";

/** Doors of those who ask by themselves; others ask for a title, which is nobody's answer. */
const ASKED = ["page", "api", "chat", "cli"];

/** @param keys absent where there is no place to keep one */
export function markStep(mode: Mode, current: (() => Promise<WatermarkKey>) | undefined): Step {
  if (mode === "off") return (turn, next) => next(turn);
  const required = mode === "required";
  return (turn, next) => {
    const open = async () => {
      const asked = ASKED.includes(turn.origin);
      if (required && asked) refuse(turn, current === undefined);
      if (!current) return next(turn);
      const { id, key } = await current();
      return next({
        ...turn,
        extras: { ...turn.extras, draw: { id, key, required: required && asked } },
      });
    };
    return watching(open, {
      finish: (delta) => ({
        ...delta,
        finish: { ...delta.finish, mark: markOf(delta.finish, turn, current !== undefined) },
      }),
    });
  };
}

function markOf({ made, completionTokens }: Finish, turn: Turn, keyed: boolean): Marked {
  if (!keyed) return { none: "no-key" };
  if (isGreedy(turn)) return { none: "greedy" };
  if (!made?.draw) return { none: "engine" };
  const { key, tokens } = made.draw;
  return tokens > 0 ? { key, tokens, of: completionTokens } : { none: "short" };
}

/** As `candidates.ts` has it: from there on the likeliest token alone is taken. */
const isGreedy = ({ sampling }: Turn) => sampling.temperature < 1e-6;

/** @throws CharlaError where the policy asks for a mark and there can be none */
function refuse(turn: Turn, keyless: boolean): void {
  if (keyless) {
    throw new CharlaError("mark_without_key", {
      message: "The policy asks for marked answers, and this command has no key to mark with.",
      hint: 'Start the server and ask there, or set watermark in the section [provenance] to "on".',
    });
  }
  if (!isGreedy(turn)) return;
  throw new CharlaError("mark_greedy", {
    status: 400,
    param: "temperature",
    message: "The policy asks for marked answers, and at temperature 0 there is nothing to mark.",
    hint: "Set a temperature above 0.",
  });
}
