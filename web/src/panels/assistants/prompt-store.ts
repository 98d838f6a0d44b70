/** The saved prompts of whoever is here, as their list and the composer show them. */
import type { Prompt, PromptList } from "../../../../src/features/assistants/api.ts";
import { getJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";

export const PATH = "/api/saved-prompts";
export const at = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

export const store = createStore<{ readonly prompts: readonly Prompt[] | null }>({ prompts: null });

export async function load(): Promise<void> {
  store.set({ prompts: (await getJson<PromptList>(PATH)).items });
}
