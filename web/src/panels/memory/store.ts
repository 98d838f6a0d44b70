/** Whether the reader's memory is on, for what the page offers; and a text on its way into it. */
import type { Memory } from "../../../../src/features/memory/api.ts";
import { getJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";

export const PATH = "/api/memory";
export const FACTS = `${PATH}/facts`;
export const at = (id: string) => `${FACTS}/${encodeURIComponent(id)}`;

export const store = createStore<{
  readonly active: boolean;
  /** What is to be remembered, before the reader has looked it through; "" for none. */
  readonly draft: string;
}>({ active: false, draft: "" });

export const load = async () => store.set({ active: (await getJson<Memory>(PATH)).active });

/** What the reader has selected of a text, or all of it. */
export function chosenOf(text: string, selected: string): string {
  const chosen = selected.trim();
  return chosen !== "" && text.includes(chosen) ? chosen : text.trim();
}
