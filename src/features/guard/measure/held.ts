/** What the guard keeps in though the model obeys the attacker, and what it leaves of harmless texts. */
import { atOnce, pauses } from "../../../core/slices.ts";
import { type Share, shareOf } from "../../../core/statistics.ts";
import { Confidential } from "../confidential.ts";
import { Filter } from "../filter.ts";
import { clean } from "../unicode.ts";
import { type Case, isAttack } from "./cases.ts";
import { calledTool, obeyed, PROMPT, WAYS } from "./invariants.ts";

/** Whether the attacker could read it, without the guard and with it. */
interface Tried {
  readonly one: Case;
  /** Place in {@link WAYS}. */
  readonly way: number;
  readonly without: boolean;
  readonly guarded: boolean;
}

/** Every attack that wants something to be told, in every way of writing. */
export async function tryAll(cases: readonly Case[], signal: AbortSignal) {
  const pause = pauses(signal);
  const list = cases.filter((one) => isAttack(one) && /prompt|secret|link/.test(one.wants));
  const all: Tried[] = [];
  for (const [way, how] of WAYS.entries()) {
    for (const one of list) {
      const without = await obeyed(one, how, false);
      all.push({ one, way, without, guarded: await obeyed(one, how, true) });
      await pause();
    }
  }
  return all;
}

export const sides = (list: readonly Tried[]) => ({
  without: shareOf(list, ({ without }) => without),
  guarded: shareOf(list, ({ guarded }) => guarded),
});

/** What a policy lets orders in texts from outside do with the canary tool. */
export const TOOL_POLICIES = [
  { name: { en: "without the guard", es: "sin la protección" }, policy: undefined },
  { name: { en: "any tool allowed", es: "con cualquier herramienta" }, policy: {} },
  {
    name: {
      en: "after texts from outside, tools that read",
      es: "tras textos de fuera, solo las que leen",
    },
    policy: { tools_after_untrusted: ["read*"] },
  },
] as const;

export async function tryTools(cases: readonly Case[], policy: object | undefined) {
  const list = cases.filter(({ wants, from }) => wants === "tool" && from === "outside");
  const done = await Promise.all(list.map((one) => calledTool(one, policy)));
  return {
    called: shareOf(done, (one) => one.called),
    key: shareOf(done, (one) => one.key),
  };
}

/** Harmless texts as an answer: nothing of them may be taken out; as a message: nothing may be lost. */
export function usefulness(cases: readonly Case[]): { answers: Share; messages: Share } {
  const benign = cases.filter((one) => !isAttack(one));
  const protect = atOnce(new Confidential([]).protect([PROMPT], [PROMPT]));
  const passes = ({ text }: Case) => {
    const filter = new Filter(protect);
    return filter.push(text) + filter.flush() === text;
  };
  return {
    answers: shareOf(benign, passes),
    messages: shareOf(benign, ({ text }) => clean(text) === text),
  };
}
