/** Under the composer of an empty page: what to ask the chosen assistant, or assistants to choose from. */
import { useEffect } from "react";
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { Face } from "./Face.tsx";
import { asksFirst, begin, load, store, toolsOf } from "./store.ts";
import { t } from "./words.ts";
import "./assistants.css";

/** That are shown; all of them are in their panel. */
const SHOWN = 4;

export default function Begin() {
  useLanguage();
  const chosen = useDesk(({ settings }) => settings.assistant?.id);
  const temporary = useDesk((desk) => desk.temporary);
  const list = store.use((state) => state.list);
  useEffect(() => {
    if (!store.get().list) load().catch(() => {});
  }, []);
  if (!list || temporary) return null;
  if (chosen !== undefined) {
    const openings = list.items.find(({ id }) => id === chosen)?.openings ?? [];
    if (openings.length === 0) return null;
    return (
      <ul className="samples" aria-label={t("begin.openings")}>
        {openings.map((text) => (
          <li key={text}>
            <button type="button" dir="auto" onClick={() => desk.write(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <ul className="samples begin-with" aria-label={t("begin.assistants")}>
      {list.items.slice(0, SHOWN).map((one) => (
        <li key={one.id}>
          <button
            type="button"
            onClick={() =>
              asksFirst(one) ? desk.open("assistants") : void begin(one, toolsOf(one))
            }
          >
            <Face icon={one.icon} name={one.name} />
            <span dir="auto">{one.name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
