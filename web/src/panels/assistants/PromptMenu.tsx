/**
 * The saved prompts that a slash at the beginning of the composer finds. The focus stays in the composer:
 * its arrow keys go through the list, Enter or Tab takes one, Escape closes it.
 */
import { useEffect, useId, useState } from "react";
import type { Prompt } from "../../../../src/features/assistants/api.ts";
import { desk, useDesk } from "../../desk.ts";
import { Fill } from "./Fill.tsx";
import { load, store } from "./prompt-store.ts";
import { t } from "./prompt-words.ts";
import { found, searchedBy, variablesOf } from "./variables.ts";

export function PromptMenu() {
  const id = useId();
  const draft = useDesk((desk) => desk.draft);
  const prompts = store.use((state) => state.prompts);
  // Without them a slash is a slash.
  useEffect(() => void load().catch(() => {}), []);
  const [at, setAt] = useState(0);
  /** The draft for which the list was closed. */
  const [closed, setClosed] = useState("");
  const [filling, setFilling] = useState<Prompt | null>(null);
  const word = searchedBy(draft);
  const shown = word === undefined || closed === draft ? [] : found(prompts ?? [], word);
  const active = Math.min(at, shown.length - 1);
  const take = (one: Prompt) => {
    if (variablesOf(one.text).length > 0) setFilling(one);
    else desk.write(one.text);
  };
  useEffect(() => {
    if (filling || shown.length === 0) return;
    const box = document.querySelector(".composer textarea");
    if (!box) return;
    box.setAttribute("aria-controls", id);
    box.setAttribute("aria-activedescendant", `${id}-${active}`);
    const press = (event: KeyboardEvent) => {
      if (event.target !== box || event.isComposing) return;
      const one = shown[active];
      const { key, shiftKey } = event;
      if (key === "ArrowDown") setAt((active + 1) % shown.length);
      else if (key === "ArrowUp") setAt((active + shown.length - 1) % shown.length);
      else if (key === "Escape") setClosed(draft);
      else if (one && !shiftKey && (key === "Enter" || key === "Tab")) take(one);
      else return;
      // Before the composer sends it.
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener("keydown", press, { capture: true });
    return () => {
      removeEventListener("keydown", press, { capture: true });
      box.removeAttribute("aria-controls");
      box.removeAttribute("aria-activedescendant");
    };
  });
  if (filling) return <Fill prompt={filling} onClose={() => setFilling(null)} />;
  if (draft === "/" && prompts?.length === 0)
    return (
      <p className="prompt-menu hint">
        {t("menu.none")}{" "}
        <button type="button" className="quiet" onClick={() => desk.open("saved-prompts")}>
          {t("menu.open")}
        </button>
      </p>
    );
  if (shown.length === 0) return null;
  return (
    <div className="prompt-menu">
      <div role="listbox" id={id} aria-label={t("menu.label")}>
        {shown.map((one, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the composer has focus and keys
          <div
            key={one.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            // The composer keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onMouseMove={() => setAt(index)}
            onClick={() => take(one)}
          >
            <strong dir="auto">/{one.name}</strong>
            <span className="hint" dir="auto">
              {one.text}
            </span>
          </div>
        ))}
      </div>
      <p role="status" className="sr-only">
        {t("menu.found", { n: shown.length, name: shown[active]?.name ?? "" })}
      </p>
    </div>
  );
}
