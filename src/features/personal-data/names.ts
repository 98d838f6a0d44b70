/**
 * Names and addresses, as the local model finds them: it is asked for a list, a grammar makes sure
 * that it is one, and what does not stand in the text is dropped. How much it finds depends on the
 * model; docs/evaluations/personal-data.md has the figures, and those of small models are poor.
 */
import type { RunTurn } from "../../core/turn.ts";
import type { Kind } from "./kinds.ts";
import type { Naming } from "./placeholders.ts";
import type { Found } from "./scan.ts";
import { placeholders } from "./shape.ts";

/** Characters that the model reads at once, and how many of them it reads again with the next. */
const CHUNK = 1500;
const OVERLAP = 100;
const MAX_TOKENS = 256;
const MOST = 20;
const LONGEST = 80;
/** Of the turns that ask for names, so that they are not masked themselves. */
export const ORIGIN = "names";

const list = { type: "array", maxItems: MOST, items: { type: "string", maxLength: LONGEST } };
const SCHEMA = {
  type: "object",
  properties: { names: list, addresses: list },
  required: ["names", "addresses"],
  additionalProperties: false,
};
const TASK =
  "List the names of persons and the postal addresses in the text, exactly as they are written. " +
  'Answer with JSON: {"names": [...], "addresses": [...]}. Lists may be empty.';

/** Where the model sees names and addresses in a text. */
export async function findNames(
  run: RunTurn,
  text: string,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const said = new Map<string, Kind>();
  for (let from = 0; from < text.length; from += CHUNK - OVERLAP) {
    const found = await ask(run, text.slice(from, from + CHUNK), signal);
    for (const name of found.names) said.set(name, "name");
    for (const address of found.addresses) said.set(address, "address");
  }
  return placesOf(text, said);
}

async function ask(run: RunTurn, text: string, signal: AbortSignal) {
  const turn = {
    messages: [{ role: "user" as const, content: `${TASK}\n\nText:\n${text}` }],
    sampling: { temperature: 0, topP: 1, maxTokens: MAX_TOKENS, seed: 0 },
    extras: { grammar: { type: "json_schema" as const, schema: SCHEMA } },
    origin: ORIGIN,
    signal,
  };
  let written = "";
  for await (const delta of run(turn)) if (delta.type === "text") written += delta.text;
  return read(written);
}

/** An answer that was cut in the middle is no JSON, and counts as nothing found. */
function read(written: string): { names: string[]; addresses: string[] } {
  const strings = (value: unknown) =>
    Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
  try {
    const { names, addresses } = JSON.parse(written);
    return { names: strings(names), addresses: strings(addresses) };
  } catch {
    return { names: [], addresses: [] };
  }
}

/** Every place of each string as a whole word; longer strings first, and none over another. */
export function placesOf(text: string, said: ReadonlyMap<string, Kind>): readonly Found[] {
  const found: Found[] = [];
  const taken = new Uint8Array(text.length);
  for (const { index, 0: name } of placeholders(text)) taken.fill(1, index, index + name.length);
  const longest = [...said].sort(([a], [b]) => b.length - a.length);
  for (const [value, kind] of longest) {
    if (!/\p{L}{2}/u.test(value)) continue;
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
      const end = at + value.length;
      const inside = /^[\p{L}\p{N}]$/u;
      const whole = !inside.test(text[at - 1] ?? "") && !inside.test(text[end] ?? "");
      if (!whole || taken.subarray(at, end).includes(1)) continue;
      taken.fill(1, at, end);
      found.push({ kind, start: at, end });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Masks what was found so. */
export async function maskPlaces(
  text: string,
  places: readonly Found[],
  naming: Naming,
): Promise<string> {
  if (places.length === 0) return text;
  const typed = [...placeholders(text)].map(([name]) => name);
  const values = places.map(({ kind, start, end }) => ({ kind, value: text.slice(start, end) }));
  const names = await naming(typed, values);
  let out = "";
  let at = 0;
  for (const [index, { start, end }] of places.entries()) {
    out += text.slice(at, start) + names[index];
    at = end;
  }
  return out + text.slice(at);
}
