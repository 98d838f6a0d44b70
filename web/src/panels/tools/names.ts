/** What people call a tool; asked of the server once, when the first one is seen. */
import type { ToolList, ToolShown } from "../../../../src/features/tools/api.ts";
import { language } from "../../chat/language.ts";
import { desk } from "../../desk.ts";
import { getJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";

const store = createStore<{ tools: readonly ToolShown[] }>({ tools: [] });
let asked: Promise<void> | undefined;

export function useTool(name: string): ToolShown | undefined {
  if (desk.has("tools") && !asked) asked = load();
  return store.use(({ tools }) => tools.find((tool) => tool.name === name));
}

const load = () =>
  getJson<ToolList>("/api/tools").then(
    ({ items }) => store.set({ tools: items }),
    () => {
      // A name in letters says enough, and the next one asks again.
      asked = undefined;
    },
  );

export function useName(name: string): string {
  return useTool(name)?.label[language()] ?? name;
}

/** JSON on several lines; what is none as it stands. */
export function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
