/** What one request's answer must look like, and how its text is read. */
import { CharlaError } from "../../../core/errors.ts";
import type { Extras } from "../../../core/types.ts";
import type { Constraint } from "../sampling/sampler.ts";
import { gbnfOf } from "./grammar.ts";
import { constraintOf } from "./grammar-constraint.ts";
import { SchemaGrammar } from "./grammar-schema.ts";
import { literal } from "./grammar-strings.ts";
import type { Vocabulary } from "./grammar-vocabulary.ts";
import type { Prompt, Prompts } from "./prompt.ts";
import { type Calls, callsOf } from "./tools.ts";
import { invalidTools } from "./tools-history.ts";
import { CallReader, PLAIN, type Reader } from "./tools-read.ts";

export interface Shape {
  readonly constraint: Constraint | undefined;
  readonly reader: Reader;
  /**
   * Control tokens that are text here: those of calls, where a reader or a grammar reads them. A
   * plain chat shows none of them, as it shows no other control token.
   */
  readonly marks: ReadonlyMap<number, string>;
}

const NO_MARKS: ReadonlyMap<number, string> = new Map();

export interface ShapeOptions {
  readonly extras: Extras;
  readonly prompts: Pick<Prompts, "calls" | "marks">;
  readonly prompt: Pick<Prompt, "thought">;
  readonly vocabulary: Vocabulary;
  /** What the ids of calls follow from: something of this request's alone, and its seed. */
  readonly key: string;
}

/** @throws CharlaError `invalid_grammar`, `unsupported_schema`, `tools_unsupported`, `invalid_tools` */
export function shapeOf({ extras, prompts, prompt, vocabulary, key }: ShapeOptions): Shape {
  const { grammar, tools } = extras;
  const { thought } = prompt;
  const { marks } = prompts;
  if (!tools || tools.choice === "none" || tools.list.length === 0) {
    if (!grammar) return { constraint: undefined, reader: PLAIN, marks: NO_MARKS };
    if (thought === undefined || grammar.type === "gbnf") {
      return { constraint: constraintOf(gbnfOf(grammar), vocabulary), reader: PLAIN, marks };
    }
    const rules = new SchemaGrammar();
    const answer = grammar.type === "json_object" ? "object" : rules.add(grammar.schema);
    return { constraint: afterThought(rules, thought, answer, vocabulary), reader: PLAIN, marks };
  }
  const format = prompts.calls;
  if (!format) throw toolsUnsupported();
  if (grammar?.type === "gbnf") throw invalidTools("a grammar in GBNF was asked for as well");
  const rules = new SchemaGrammar();
  const calls = callsOf(tools, format, rules);
  const reader = new CallReader({ format, ...calls, key });
  return { constraint: constraint(rules, calls, extras, thought, vocabulary), reader, marks };
}

function constraint(
  rules: SchemaGrammar,
  { rule, triggers }: Calls,
  { grammar, tools }: Extras,
  thought: string | undefined,
  vocabulary: Vocabulary,
): Constraint {
  const free = tools?.choice === "auto";
  if (free && !grammar) {
    return constraintOf(rules.gbnf(rule), vocabulary, { triggers, optional: true });
  }
  const json = !free || !grammar ? undefined : grammar.type === "json_schema" ? grammar : "object";
  const other = typeof json === "object" ? rules.add(json.schema) : json;
  const answer = other === undefined ? rule : rules.rule(`${rule} | ${other}`);
  if (thought !== undefined) return afterThought(rules, thought, answer, vocabulary);
  return constraintOf(rules.gbnf(answer), vocabulary);
}

/** The model ends its thought, which is free, and then answers by the rule. */
function afterThought(
  rules: SchemaGrammar,
  thought: string,
  answer: string,
  vocabulary: Vocabulary,
): Constraint {
  const gbnf = rules.gbnf(`${literal(thought)} "\\n"{0,2} ${answer}`);
  return constraintOf(gbnf, vocabulary, { triggers: [thought], optional: false });
}

function toolsUnsupported(): CharlaError {
  return new CharlaError("tools_unsupported", {
    status: 400,
    param: "tools",
    message: "The chat template of this model does not know calls of tools.",
    hint: "Choose a model whose template knows them, or ask without tools.",
  });
}
