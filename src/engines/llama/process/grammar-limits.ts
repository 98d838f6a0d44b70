/**
 * What a request may ask of grammars: bounds that are looked at before anything is computed from a
 * schema, in time that ends where they do.
 */
import { CharlaError } from "../../../core/errors.ts";
import type { Extras } from "../../../core/types.ts";

/** In characters of JSON, of all schemas and tools of a request together. */
const MAX_SIZE = 256 * 1024;
const MAX_VALUES = 40_000;
const MAX_DEPTH = 200;

/**
 * @throws CharlaError `grammar_too_large` where a schema, a grammar or a list of tools is larger than
 *   what is worth reading
 */
export function checkGrammarSize({ grammar, tools }: Extras): void {
  let [size, values] = [0, 0];
  const todo: Array<{ readonly value: unknown; readonly depth: number }> = [
    { value: grammar, depth: 0 },
    { value: tools?.list, depth: 0 },
  ];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { value, depth } = next;
    values += 1;
    size += typeof value === "string" ? value.length + 2 : 4;
    if (typeof value === "object" && value !== null) {
      const inner = Object.entries(value);
      for (const [key, it] of inner) {
        size += Array.isArray(value) ? 1 : key.length + 4;
        todo.push({ value: it, depth: depth + 1 });
      }
    }
    if (size > MAX_SIZE || values + todo.length > MAX_VALUES || depth > MAX_DEPTH) throw tooLarge();
  }
}

export function tooLarge(): CharlaError {
  return new CharlaError("grammar_too_large", {
    status: 400,
    message: "The schema, the grammar or the list of tools is too large to hold an answer to.",
    hint: "Offer fewer tools, or a schema with fewer values, shorter lists and less nesting.",
  });
}

export function tooSlow(): CharlaError {
  return new CharlaError("grammar_too_slow", {
    status: 400,
    message: "The schema or the grammar takes too long to be read.",
    hint: "Make its patterns and alternatives simpler, or offer fewer tools.",
  });
}
