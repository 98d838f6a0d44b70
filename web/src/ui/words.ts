/** A room's own texts in both languages, beside those that the whole page shares. */
import { fill } from "../../../src/core/errors.ts";
import { language, type Key as SharedKey, t } from "../chat/language.ts";

type Params = Parameters<typeof t>[1];
/** The keys of a room's texts, and the shared ones. */
export type KeyOf<Table> = SharedKey | keyof Table;

/** Makes a room's `t()`; both tables have the same keys, or it does not compile. */
export function words<Table extends Readonly<Record<string, string>>>(en: Table, es: Table) {
  const own: Record<string, Readonly<Record<string, string>>> = { en, es };
  return (key: KeyOf<Table>, params: Params = {}): string => {
    const text = own[language()]?.[key as string];
    return text === undefined ? t(key as SharedKey, params) : fill(text, params);
  };
}
