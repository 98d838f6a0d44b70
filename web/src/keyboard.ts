/** The keyboard: what there is, and what is done when a key is pressed. */
import { useEffect, useRef } from "react";
import { stop } from "./chats/ask.ts";
import { open } from "./chats/open.ts";
import { edit } from "./chats/store.ts";
import { desk, offered } from "./desk.ts";
import { copyText } from "./ui/CopyButton.tsx";
import { asSeen } from "./ui/reveal.ts";

export const SHORTCUTS = [
  { name: "send", keys: ["Enter"] },
  { name: "newLine", keys: ["Shift", "Enter"] },
  { name: "stop", keys: ["Esc"] },
  { name: "editLast", keys: ["↑"] },
  { name: "newChat", keys: ["Ctrl", "Shift", "O"] },
  { name: "palette", keys: ["Ctrl", "K"] },
  { name: "search", keys: ["Ctrl", "Shift", "F"] },
  { name: "sidebar", keys: ["Ctrl", "B"] },
  { name: "write", keys: ["/"] },
  { name: "copyLast", keys: ["Ctrl", "Shift", "Y"] },
  { name: "help", keys: ["?"] },
] as const;

/** What is done in the composer itself, and what a panel's own key opens. */
type Elsewhere = "send" | "newLine" | "help";
type Action = Exclude<(typeof SHORTCUTS)[number]["name"], Elsewhere>;
type Doing = Readonly<Record<Action, () => unknown>>;

/** What the page's frame knows how to do. */
export type Frame = Pick<Doing, "search" | "sidebar" | "write">;

const doings = (frame: Frame): Doing => ({
  ...frame,
  stop,
  palette: () => desk.open("palette"),
  newChat() {
    void open(null);
    frame.write();
  },
  editLast() {
    const last = desk.branch.findLast(({ role, status }) => role === "user" && status === "done");
    if (last) edit({ id: last.id, text: asSeen(last.content) });
  },
  copyLast() {
    const last = desk.branch.findLast(({ role, content }) => role === "assistant" && content);
    if (last) void copyText(asSeen(last.content));
  },
});

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The names that are printed on this machine's keys. */
export const keyName = (key: string) => (isMac ? ({ Ctrl: "⌘", Shift: "⇧" }[key] ?? key) : key);

function doingFor(event: KeyboardEvent, doing: Doing): (() => unknown) | undefined {
  const control = isMac ? event.metaKey : event.ctrlKey;
  const key = event.key.toLowerCase();
  if (control && event.shiftKey)
    return { o: doing.newChat, y: doing.copyLast, f: doing.search }[key];
  if (control) return { k: doing.palette, b: doing.sidebar }[key];
  if (event.altKey || event.metaKey || event.ctrlKey) return undefined;
  if (event.key === "Escape") return doing.stop;
  // Keys that are letters of a text do nothing while one is written.
  const target = event.target as HTMLElement;
  const empty = target instanceof HTMLTextAreaElement && target.value === "";
  if (event.key === "ArrowUp" && empty && target.closest(".composer")) return doing.editLast;
  if (target.closest("input, textarea, select, [contenteditable]")) return undefined;
  if (key === "/") return doing.write;
  const panel = offered().find((one) => one.key === key);
  return panel && (() => desk.open(panel.name));
}

/** Does what a key asks for unless a dialog or a menu is open, which has the keyboard then. */
export function useKeyboard(frame: Frame): void {
  const latest = useRef(frame);
  latest.current = frame;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const doing = doingFor(event, doings(latest.current));
      if (!doing || event.defaultPrevented) return;
      if (document.querySelector("dialog[open], [popover='auto']:popover-open")) return;
      // Escape keeps its meaning for the browser as well (it leaves full screen, say).
      if (event.key !== "Escape") event.preventDefault();
      doing();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
