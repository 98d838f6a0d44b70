/** The assistants that somebody here can use, and what it is to begin a chat with one. */
import type { Assistant, AssistantList } from "../../../../src/features/assistants/api.ts";
import type { Settings } from "../../../../src/features/conversations/api.ts";
import { desk } from "../../desk.ts";
import { getJson } from "../../ui/json.ts";
import { browser } from "../../ui/storage.ts";
import { createStore } from "../../ui/store.ts";

export const PATH = "/api/assistants";
export const at = (id: string) => `${PATH}/${encodeURIComponent(id)}`;
/** In the browser's storage: there are some, which the page of a new chat shows. */
const SOME = "charla.assistants";

export const store = createStore<{ readonly list: AssistantList | null }>({ list: null });

export async function load(): Promise<AssistantList> {
  const list = await getJson<AssistantList>(PATH);
  browser.remember(SOME, list.items.length > 0 ? "1" : null);
  store.set({ list });
  return list;
}

/** Names of the tools that one would like to use. */
export function toolsOf({ settings }: Pick<Assistant, "settings">): readonly string[] {
  const { tools } = settings;
  return Array.isArray(tools) ? tools : [];
}

/** What a chat with it begins with, and says of it. @param tools that its person has allowed */
export function settingsOf(one: Assistant, tools: readonly string[]): Settings {
  const { tools: _, ...rest } = one.settings;
  const { id, version, name, icon } = one;
  return {
    ...(rest as Settings),
    ...(tools.length > 0 && { tools: [...tools] }),
    assistant: { id, version, name, ...(icon && { icon }) },
  };
}

export async function begin(one: Assistant, tools: readonly string[]): Promise<void> {
  desk.close();
  await desk.show(null);
  await desk.saveSettings(settingsOf(one, tools));
  desk.write(desk.draft);
}

/** Whether somebody else has said which tools it uses. */
export const asksFirst = (one: Assistant): boolean => one.by !== null && toolsOf(one).length > 0;
