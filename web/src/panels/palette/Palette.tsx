/**
 * Everything by its name: type, walk with the arrow keys, Enter. The focus stays in the box; what is
 * chosen is told by `aria-activedescendant`.
 */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useLanguage } from "../../chat/language.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { groupsOf, type Line, useChats } from "./found.ts";
import { t } from "./words.ts";
import "./palette.css";

export default function Palette({ title, onClose }: PanelProps) {
  useLanguage();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const chats = useChats(query.trim());
  const groups = groupsOf(query, chats);
  const lines = groups.flatMap((group) => group.lines);
  const chosen = Math.min(at, lines.length - 1);
  const idOf = (line: Line) => `${id}-${lines.indexOf(line)}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is chosen
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen, query]);

  function run(line: Line | undefined) {
    if (!line) return;
    onClose();
    line.run();
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const last = lines.length - 1;
    const to = {
      ArrowDown: chosen === last ? 0 : chosen + 1,
      ArrowUp: chosen <= 0 ? last : chosen - 1,
      PageDown: Math.min(last, chosen + 8),
      PageUp: Math.max(0, chosen - 8),
    }[event.key];
    if (to === undefined && event.key !== "Enter") return;
    event.preventDefault();
    if (to === undefined) run(lines[chosen]);
    else setAt(to);
  }

  return (
    <Dialog title={title} kind="palette" onClose={onClose}>
      <div className="palette-box">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          data-begin
          aria-label={t("palette.hint")}
          placeholder={t("palette.hint")}
          aria-expanded={lines.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={lines[chosen] && idOf(lines[chosen])}
          autoComplete="off"
          spellCheck={false}
          enterKeyHint="go"
          value={query}
          onChange={({ target }) => {
            setQuery(target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <p role="status" className="sr-only">
        {query && t(lines.length === 1 ? "palette.countOne" : "palette.count", { n: lines.length })}
      </p>
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={title} className="palette-list">
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options
          <div key={group.name} role="group" aria-label={group.name}>
            <p aria-hidden="true">{group.name}</p>
            {group.lines.map((line) => (
              // biome-ignore lint/a11y: the keys are the box's, which has the focus
              <div
                key={line.key}
                id={idOf(line)}
                role="option"
                aria-selected={lines[chosen] === line}
                className={line.danger ? "palette-line danger" : "palette-line"}
                onPointerMove={() => setAt(lines.indexOf(line))}
                onClick={() => run(line)}
              >
                <Icon name={line.icon} />
                <span dir="auto">
                  {line.label}
                  {line.snippet && <small>{line.snippet.replace(/[\uE000\uE001]/g, "")}</small>}
                </span>
              </div>
            ))}
          </div>
        ))}
      </div>
      {lines.length === 0 && <p className="palette-none">{t("palette.none")}</p>}
    </Dialog>
  );
}
