/** From what was asked of an answer's form to a grammar in GBNF. */
import type { Grammar } from "../../../core/extras.ts";
import { SchemaGrammar } from "./grammar-schema.ts";

/**
 * An answer that ends by itself is a whole text of the grammar; one that was cut at the limit of
 * tokens (reason "length") is the beginning of one.
 *
 * @throws CharlaError `unsupported_schema`
 */
export function gbnfOf(grammar: Grammar): string {
  if (grammar.type === "gbnf") return grammar.source;
  const rules = new SchemaGrammar();
  return rules.gbnf(grammar.type === "json_object" ? "object" : rules.add(grammar.schema));
}
