/** The grammar of calls of tools, in the format of a template. */
import type { Tools } from "../../../core/extras.ts";
import type { SchemaGrammar } from "./grammar-schema.ts";
import { literal } from "./grammar-strings.ts";
import type { CallFormat } from "./tools-format.ts";
import { invalidTools } from "./tools-history.ts";

/** Most calls in one answer, so that no model calls for ever. */
const MAX_CALLS = 32;
/** The arguments of a tool that says nothing about them. */
const NO_ARGUMENTS = { type: "object", properties: {}, additionalProperties: false };

export interface Calls {
  /** The rule of all calls of an answer. */
  readonly rule: string;
  readonly names: readonly string[];
  /** What begins a call, in an answer that need not have one. */
  readonly triggers: readonly string[];
}

/**
 * @param rules gets the rules of the calls
 * @throws CharlaError `invalid_tools`, and `unsupported_schema` for a tool's arguments
 */
export function callsOf(tools: Tools, format: CallFormat, rules: SchemaGrammar): Calls {
  const { list, choice, parallel } = tools;
  const known = new Set(list.map(({ name }) => name));
  if (known.size < list.length) throw invalidTools("two of them have the same name");
  const wrong = [...known].find((name) => !/^[\w.-]{1,64}$/.test(name));
  if (wrong !== undefined) {
    throw invalidTools(`"${wrong}" is not a name of letters, digits, dots and dashes`);
  }
  const allowed = typeof choice === "object" ? list.filter((it) => it.name === choice.name) : list;
  if (allowed.length === 0) throw invalidTools("there is none that could be called");
  const calls = allowed.map(({ name, parameters, strict }) => {
    const schema = rules.add(parameters ?? NO_ARGUMENTS, strict === true);
    return `${literal(`${name}${format.middle}`)} ${schema}`;
  });
  const call = rules.rule(calls.join(" | "));
  const more =
    parallel && format.next !== undefined
      ? ` (${literal(format.next)} ${call}){0,${MAX_CALLS - 1}}`
      : "";
  const names = allowed.map(({ name }) => name);
  return {
    rule: rules.rule(`${literal(format.open)} ${call}${more} ${literal(format.close)}`),
    names,
    triggers: format.mark
      ? [format.mark]
      : names.map((name) => `${format.open}${name}${format.middle.trimEnd()}`),
  };
}
