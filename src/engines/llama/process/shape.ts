/** What one request's answer must look like, and how its text is read. */
import { toolsUnsupported } from "../../../core/refusals.ts";
import type { Extras } from "../../../core/types.ts";
import { budgetOf } from "../../thinking.ts";
import type { Constraint } from "../sampling/sampler.ts";
import type { Form, FormRequest } from "./grammar.ts";
import { constraintOf } from "./grammar-constraint.ts";
import { checkGrammarSize } from "./grammar-limits.ts";
import type { Vocabulary } from "./grammar-vocabulary.ts";
import type { Prompt, Prompts } from "./prompt.ts";
import { limited } from "./thought-limit.ts";
import { CallReader, PLAIN, type Reader } from "./tools-read.ts";

export interface Shape {
  readonly constraint: Constraint | undefined;
  readonly reader: Reader;
  /**
   * Control tokens that are text here: those of calls, where a reader or a grammar reads them. A
   * plain chat shows none of them, as it shows no other control token.
   */
  readonly marks: ReadonlyMap<number, string>;
  /** The constraint looks at the words of the vocabulary. */
  readonly reads: boolean;
  /** What schemas ask for and the constraint does not hold to. */
  readonly left: readonly string[];
}

const NO_MARKS: ReadonlyMap<number, string> = new Map();

export interface ShapeOptions {
  readonly extras: Extras;
  readonly prompts: Pick<Prompts, "calls" | "marks" | "thinking" | "close">;
  readonly prompt: Pick<Prompt, "thought">;
  readonly vocabulary: Vocabulary;
  /** What the ids of calls follow from: something of this request's alone, and its seed. */
  readonly key: string;
  /** The bytes of a token. */
  piece(id: number): Uint8Array;
  /** Reads what was asked for, beside the answers of others. */
  compile(request: FormRequest): Promise<Form> | Form;
}

/** @throws CharlaError `tools_unsupported`, and what `formOf` throws */
export async function shapeOf(options: ShapeOptions): Promise<Shape> {
  const shape = await grammarOf(options);
  const { prompts, prompt, extras, piece } = options;
  const tokens = budgetOf(extras.thinking, prompts.thinking);
  if (tokens === undefined || extras.raw || !prompts.thinking?.off) return shape;
  const limit = {
    tokens,
    opened: prompt.thought,
    close: prompts.close(prompt.thought ?? END),
    piece,
  };
  return { ...shape, constraint: limited(shape.constraint, limit) };
}

/** What most models end a thought with that they have begun by themselves. */
const END = "</think>";

async function grammarOf(options: ShapeOptions): Promise<Shape> {
  const { extras, prompts, prompt, vocabulary, key, compile } = options;
  const { grammar, tools } = extras;
  const { marks, calls: format } = prompts;
  const offered = tools && tools.choice !== "none" && tools.list.length > 0 ? tools : undefined;
  if (!offered && !grammar) {
    return { constraint: undefined, reader: PLAIN, marks: NO_MARKS, reads: false, left: [] };
  }
  if (offered && !format) throw toolsUnsupported();
  checkGrammarSize({ grammar, tools: offered });
  const calls = offered && format ? { tools: offered, format } : undefined;
  const { program, lazy, names, triggers, left } = await compile({
    ...{ grammar, calls },
    thought: prompt.thought,
  });
  const constraint = constraintOf(program, vocabulary, lazy, { calls: calls !== undefined });
  const reader = calls ? new CallReader({ format: calls.format, names, triggers, key }) : PLAIN;
  return { constraint, reader, marks, reads: true, left };
}
