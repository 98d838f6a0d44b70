/** The keyboard: what there is, and what runs when a key is pressed. */
import { useEffect, useRef } from "react";

export const SHORTCUTS = [
  { name: "send", keys: ["Enter"] },
  { name: "newLine", keys: ["Shift", "Enter"] },
  { name: "stop", keys: ["Esc"] },
  { name: "editLast", keys: ["↑"] },
  { name: "newChat", keys: ["Ctrl", "Shift", "O"] },
  { name: "search", keys: ["Ctrl", "K"] },
  { name: "sidebar", keys: ["Ctrl", "B"] },
  { name: "write", keys: ["/"] },
  { name: "copyLast", keys: ["Ctrl", "Shift", "Y"] },
  { name: "help", keys: ["?"] },
] as const;

export type Action = Exclude<(typeof SHORTCUTS)[number]["name"], "send" | "newLine">;

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The names that are printed on this machine's keys. */
export const keyName = (key: string) => (isMac ? ({ Ctrl: "⌘", Shift: "⇧" }[key] ?? key) : key);

function actionFor(event: KeyboardEvent): Action | null {
  const control = isMac ? event.metaKey : event.ctrlKey;
  const key = event.key.toLowerCase();
  if (control && event.shiftKey) return ({ o: "newChat", y: "copyLast" } as const)[key] ?? null;
  if (control) return ({ k: "search", b: "sidebar" } as const)[key] ?? null;
  if (event.altKey || event.metaKey || event.ctrlKey) return null;
  if (event.key === "Escape") return "stop";
  // Keys that are letters of a text do nothing while one is written.
  const target = event.target as HTMLElement;
  const empty = target instanceof HTMLTextAreaElement && target.value === "";
  if (event.key === "ArrowUp" && empty && target.closest(".composer")) return "editLast";
  if (target.closest("input, textarea, select, [contenteditable]")) return null;
  return ({ "/": "write", "?": "help" } as const)[key] ?? null;
}

/** Runs an action unless a dialog or a menu is open, which has the keyboard then. */
export function useShortcuts(run: (action: Action) => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const action = actionFor(event);
      if (!action || event.defaultPrevented) return;
      if (document.querySelector("dialog[open], [popover]:popover-open")) return;
      // Escape keeps its meaning for the browser as well (it leaves full screen, say).
      if (action !== "stop") event.preventDefault();
      latest.current(action);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
