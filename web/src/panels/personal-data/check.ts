/** Before a message goes, in a chat that warns: what is found is shown, and the reader decides. */
import type { Check } from "../../../../src/features/personal-data/api.ts";
import { type Mode, modeOf } from "../../../../src/features/personal-data/modes.ts";
import { sendJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";
import { ruleOf } from "./store.ts";

export type Decision = "send" | "mask" | "edit";

export interface Question {
  readonly text: string;
  readonly found: Check["found"];
  decide(decision: Decision): void;
}

export const asking = createStore<{ question: Question | null }>({ question: null });

/** @param wish the chat's own setting */
export async function decide(text: string, wish: Mode | undefined): Promise<Decision> {
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
