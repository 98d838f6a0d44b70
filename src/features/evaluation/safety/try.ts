/** Asks a question as it is and in each of its careless copies, and says what came of each. */
import * as z from "zod";
import type { Engine } from "../../../core/engine.ts";
import { copiesOf } from "../../../core/perturb.ts";
import { type Answered, answered, ask, type How } from "../ask/answer.ts";
import { isRight } from "../ask/summary.ts";
import type { Item } from "../sets/item.ts";
import type { Tried } from "./robust.ts";

export const triedQuestion = z.object({
  id: z.string(),
  clean: answered,
  copies: z.array(
    z.object({
      recipe: z.string(),
      /** Of the words, how many are others. */
      changed: z.number(),
      text: z.string(),
      told: answered,
    }),
  ),
});
export type TriedQuestion = z.output<typeof triedQuestion>;

/** A question that is right or wrong; what people would have to judge is none. */
export const canBeRight = ({ kind, references, answer }: Item): boolean =>
  kind === "choice" ? answer !== undefined : kind === "qa" && references.length > 0;

export async function tryQuestion(engine: Engine, item: Item, how: How): Promise<TriedQuestion> {
  const clean = await ask(engine, item, how);
  const last = item.messages.at(-1);
  const lang = item.lang.startsWith("es") ? "es" : "en";
  const copies: TriedQuestion["copies"] = [];
  for (const copy of copiesOf(last?.content ?? "", lang, how.plan.seed + how.place)) {
    how.signal.throwIfAborted();
    const messages = item.messages.with(-1, { role: "user", content: copy.text });
    copies.push({ ...copy, told: await ask(engine, { ...item, messages }, how) });
  }
  return { id: item.id, clean, copies };
}

/** Those that were asked, in the order of the questions. */
export function triedOf(
  items: readonly Item[],
  found: readonly TriedQuestion[],
): readonly { readonly item: Item; readonly tried: Tried }[] {
  const byId = new Map(found.map((one) => [one.id, one]));
  const right = (item: Item, told: Answered) => isRight(item, told);
  return items.flatMap((item) => {
    const one = byId.get(item.id);
    if (!one) return [];
    const copies = one.copies.map(({ recipe, changed, told }) => ({
      ...{ recipe, changed, right: right(item, told) },
    }));
    return [{ item, tried: { clean: right(item, one.clean), copies } }];
  });
}
