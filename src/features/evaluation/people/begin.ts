/** The questions of a new study: of a built-in set or a person's file, so many drawn by chance. */
import { random, shuffle } from "../../../core/statistics.ts";
import { builtIn } from "../sets/built-in.ts";
import type { Item } from "../sets/item.ts";
import { readSet } from "../sets/read.ts";
import type { NewStudy } from "./api.ts";

interface Wanted {
  readonly lang: "en" | "es";
  readonly count: number;
  readonly seed: number;
}

/**
 * @param clean what a text of a user passes before it is stored
 * @throws CharlaError `evaluation_set_...`
 */
export async function questionsOf(
  set: NewStudy["set"],
  { lang, count, seed }: Wanted,
  clean: (text: string) => Promise<string>,
): Promise<Item[]> {
  if ("builtIn" in set) {
    return shuffle(builtIn(set.builtIn, lang), random(seed)).slice(0, count);
  }
  const bytes = new TextEncoder().encode(set.content);
  const sample = { count, seed };
  const { items } = await readSet(set.name, () => [bytes], { lang, sample });
  return Promise.all(
    items.map(async (item) => ({
      ...item,
      messages: await Promise.all(
        item.messages.map(async (one) => ({ ...one, content: await clean(one.content) })),
      ),
      references: await Promise.all(item.references.map(clean)),
    })),
  );
}
