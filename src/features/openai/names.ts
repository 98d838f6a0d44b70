/**
 * The name of a model as programs write it: in other letters, with Ollama's `:latest`, only its
 * beginning, or one that a program insists on and an organisation has given a meaning.
 */
import * as z from "zod";
import type { Engines } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";

/** Always the model that answers when a request names none. */
const DEFAULT = "default";

export const openaiPolicy = z.strictObject({
  /** Names, each with the id of a model or "default". */
  aliases: z.record(z.string().min(1), z.string().min(1)).default({}),
  /** Days that responses are kept which programs want to go on with; 0: none is kept. */
  store_days: z.int().min(0).max(3650).default(30),
});
type Aliases = z.output<typeof openaiPolicy>["aliases"];

export interface Names {
  /** The id that the engines know; undefined is the default model. @throws `model_ambiguous` */
  resolve(name: string | undefined): Promise<string | undefined>;
}

const folded = (name: string) => name.toLowerCase().replace(/:latest$/, "");

export function namesOf(engines: Engines, aliases: Aliases = {}): Names {
  const meanings = new Map(Object.entries(aliases).map(([name, id]) => [folded(name), id]));
  /** Ids that were there once, which need no second look. */
  const known = new Set<string>();
  return {
    async resolve(name) {
      if (name === undefined || known.has(name)) return name;
      const ids = (await engines.list()).map(({ id }) => id);
      for (const id of ids) known.add(id);
      if (known.has(name)) return name;
      const meant = meanings.get(folded(name)) ?? name;
      const found = match(meant, ids);
      return found ?? (folded(meant) === DEFAULT ? undefined : meant);
    },
  };
}

/** The model that a name means; undefined when it means none, which the engines then say. */
function match(name: string, ids: readonly string[]): string | undefined {
  const wanted = folded(name);
  const same = ids.filter((id) => folded(id) === wanted);
  const longer = ids.filter((id) => folded(id).startsWith(wanted));
  const found = same.length > 0 ? same : longer;
  if (found.length > 1) throw ambiguous(name, found);
  return found[0];
}

function ambiguous(name: string, models: readonly string[]): CharlaError {
  return new CharlaError("model_ambiguous", {
    status: 400,
    param: "model",
    message: "'{name}' can be more than one model: {models}.",
    hint: "Write the whole name of one of them.",
    params: { name, models: models.join(", ") },
  });
}
