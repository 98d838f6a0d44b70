/** How far answers stay right when questions are written carelessly. */
import { fill } from "../../../core/errors.ts";
import type { Language } from "../../../locales/index.ts";
import { messages } from "../messages.ts";
import type { RobustPlan } from "../plan.ts";
import type { Report } from "../report.ts";
import { formatIn, shareIn, type Told } from "./format.ts";
import { askedNotes } from "./questions.ts";

export function robustTold(plan: RobustPlan, { models }: Report, language: Language): Told {
  const text = messages[language];
  const { number, percent } = formatIn(language);
  const share = shareIn(language);
  const rows = models.flatMap(({ label, robust = [] }) =>
    robust.map(({ of, clean, robust, attacked, changed, queries }, at) => [
      ...[at === 0 ? label : "", of === "all" ? text.all : of, String(clean.of)],
      ...[share(clean), share(robust), share(attacked)],
      ...[percent(changed), number(queries, 0)],
    ]),
  );
  const recipes = models.flatMap(({ label, robust: [all] = [] }) =>
    (all?.recipes ?? []).map(({ recipe, right }, at) => [
      ...[at === 0 ? label : "", recipe, String(right.of), share(right)],
    ]),
  );
  const first = models[0]?.label ?? "";
  return {
    tables: [
      { head: text.robustColumns, rows },
      { head: text.recipeColumns, rows: recipes },
    ],
    notes: [
      ...models.flatMap(({ label, change }) =>
        change
          ? [
              fill(text.robustChange, {
                ...{ label, first, gained: change.gained, lost: change.lost },
                p: number(change.p, 3),
              }),
            ]
          : [],
      ),
      ...askedNotes(plan, language),
      text.robustLegend,
    ],
  };
}
