/**
 * From what was asked of an answer's form to a program that reads it. In proportion to what was
 * sent, so that it runs in a thread of its own (`grammar-worker.ts`) and never where answers are
 * written.
 */
import type { Grammar, Tools } from "../../../core/extras.ts";
import { compileGrammar, type Program } from "./grammar-compile.ts";
import type { Lazy } from "./grammar-constraint.ts";
import { tooLarge } from "./grammar-limits.ts";
import { parseGbnf } from "./grammar-parse.ts";
import { SchemaGrammar } from "./grammar-schema.ts";
import { literal } from "./grammar-strings.ts";
import { callsOf } from "./tools.ts";
import type { CallFormat } from "./tools-format.ts";
import { invalidTools } from "./tools-history.ts";

export interface FormRequest {
  readonly grammar: Grammar | undefined;
  /** Tools that may be called, and how the template writes their calls. */
  readonly calls: { readonly tools: Tools; readonly format: CallFormat } | undefined;
  /** What ends the thought that the prompt opens for the model, if it opens one. */
  readonly thought: string | undefined;
}

/**
 * An answer that ends by itself is a whole text of the grammar; one that was cut at the limit of
 * tokens (reason "length") is the beginning of one.
 */
export interface Form {
  readonly program: Program;
  /** Where the grammar begins only within the answer. */
  readonly lazy: Lazy | undefined;
  /** Names of the tools that can be called, and what begins a call. */
  readonly names: readonly string[];
  readonly triggers: readonly string[];
  /** What schemas ask for and the program does not hold to, by where it stands. */
  readonly left: readonly string[];
}

/** Of what is told. */
const MAX_LEFT = 20;

/**
 * @throws CharlaError `unsupported_schema`, `invalid_grammar`, `invalid_tools`, `grammar_too_large`
 */
export function formOf(request: FormRequest): Form {
  try {
    const rules = new SchemaGrammar();
    const form = read(request, rules);
    return { ...form, left: rules.left.slice(0, MAX_LEFT) };
  } catch (thrown) {
    // What is nested so deeply that the stack has no room for it.
    if (thrown instanceof RangeError) throw tooLarge();
    throw thrown;
  }
}

type Read = Omit<Form, "left">;

function read({ grammar, calls: asked, thought }: FormRequest, rules: SchemaGrammar): Read {
  if (!asked) {
    if (grammar?.type === "gbnf") return form(grammar.source);
    if (thought === undefined) return form(rules.gbnf(answerOf(rules, grammar)));
    return afterThought(rules, thought, answerOf(rules, grammar));
  }
  if (grammar?.type === "gbnf") throw invalidTools("a grammar in GBNF was asked for as well");
  const { tools, format } = asked;
  const { rule, names, triggers } = callsOf(tools, format, rules);
  const free = tools.choice === "auto";
  if (free && !grammar) {
    return { ...form(rules.gbnf(rule), { triggers, optional: true }), names, triggers };
  }
  const answer = free ? rules.rule(`${rule} | ${answerOf(rules, grammar)}`) : rule;
  const made =
    thought === undefined ? form(rules.gbnf(answer)) : afterThought(rules, thought, answer);
  return { ...made, names, triggers };
}

/** What was asked for in llama.cpp's notation. */
export function gbnfOf(grammar: Grammar | undefined): string {
  if (grammar?.type === "gbnf") return grammar.source;
  const rules = new SchemaGrammar();
  return rules.gbnf(answerOf(rules, grammar));
}

/** The rule of an answer in JSON. */
function answerOf(rules: SchemaGrammar, grammar: Grammar | undefined): string {
  if (grammar?.type !== "json_schema") return "object";
  return rules.add(grammar.schema, grammar.strict === true);
}

/** The model ends its thought, which is free, and then answers by the rule. */
function afterThought(rules: SchemaGrammar, thought: string, answer: string): Read {
  const gbnf = rules.gbnf(`${literal(thought)} "\\n"{0,2} ${answer}`);
  return form(gbnf, { triggers: [thought], optional: false });
}

function form(gbnf: string, lazy?: Lazy): Read {
  return { program: compileGrammar(parseGbnf(gbnf)), lazy, names: [], triggers: [] };
}
