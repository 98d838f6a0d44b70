/** Before a message goes, in a chat that warns: what is found is shown, and the reader decides. */
import type { Check } from "../../../../src/features/personal-data/api.ts";
import { type Mode, modeOf } from "../../../../src/features/personal-data/modes.ts";
import { desk } from "../../desk.ts";
import { sendJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";
import { ruleOf } from "./store.ts";

type Decision = "send" | "mask" | "edit";

export interface Question {
  readonly text: string;
  readonly found: Check["found"];
  decide(decision: Decision): void;
}

export const asking = createStore<{ question: Question | null }>({ question: null });

/** Whether a text may go; a chat that is to mask from now on is told so first. */
export async function mayGo(text: string): Promise<boolean> {
  const { settings } = desk;
  const decision = await decide(text, settings.privacy);
  if (decision !== "mask") return decision === "send";
  return desk.saveSettings({ ...settings, privacy: "mask" });
}

/** @param wish the chat's own setting */
async function decide(text: string, wish: Mode | undefined): Promise<Decision> {
  if (modeOf(await ruleOf(), wish) !== "warn") return "send";
  const { found } = await sendJson<Check>("POST", "/api/personal-data/check", { text });
  if (found.length === 0) return "send";
  return new Promise((resolve) => {
    const decide = (decision: Decision) => {
      asking.set({ question: null });
      resolve(decision);
    };
    asking.set({ question: { text, found, decide } });
  });
}
