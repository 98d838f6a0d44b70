/**
 * Files that are dropped on a chat or pasted into it. Rooms that want some say so here; each file goes to
 * the first that wants it.
 */
import { useEffect } from "react";
import { createStore } from "./store.ts";
import { showToast } from "./toast.tsx";

export interface Taker {
  /** Lower ones are asked first. */
  readonly order: number;
  /** Whether anything is taken just now. */
  open(): boolean;
  wants(file: File): boolean;
  take(files: readonly File[]): void;
  /** Why nothing is taken just now, said to who tries; the browser would open the file in the place of the chat. */
  closed?(): string;
}

const takers: Taker[] = [];
/** Whether files are held over the page. */
const held = createStore({ over: false });

/** Models have a way in of their own. */
const isModel = ({ name }: File) => /\.gguf$/i.test(name);
/** Dialogs and the list of chats know what to do with what is dropped on them. */
const elsewhere = ({ target }: Event) =>
  target instanceof Element && target.closest("aside, dialog") !== null;

const open = () => takers.filter((taker) => taker.open());
const closed = () => takers.find((taker) => taker.closed && !taker.open())?.closed?.();

/** @returns whether anybody has taken them */
function give(event: Event, files: readonly File[]): boolean {
  const asked = open();
  if (files.length === 0 || files.some(isModel) || elsewhere(event)) return false;
  if (asked.length === 0) {
    const text = closed();
    if (text) showToast({ text });
    return text !== undefined;
  }
  const byTaker = Map.groupBy(files, (file) => asked.find((taker) => taker.wants(file)));
  byTaker.delete(undefined);
  for (const [taker, some] of byTaker) taker?.take(some);
  return byTaker.size > 0;
}

function listen(signal: AbortSignal): void {
  const on = <Name extends "dragover" | "dragleave" | "drop" | "paste">(
    name: Name,
    listener: (event: WindowEventMap[Name]) => void,
  ) => addEventListener(name, listener, { capture: true, signal });
  on("dragover", (event) => {
    const files = event.dataTransfer?.types.includes("Files") ?? false;
    const here = files && !elsewhere(event);
    held.set({ over: here && open().length > 0 });
    if (here && (held.get().over || closed() !== undefined)) event.preventDefault();
  });
  on("dragleave", (event) => {
    if (event.relatedTarget === null) held.set({ over: false });
  });
  on("drop", (event) => {
    held.set({ over: false });
    if (!give(event, [...(event.dataTransfer?.files ?? [])])) return;
    event.preventDefault();
    event.stopPropagation();
  });
  on("paste", (event) => {
    // What has a text as well is pasted as that: a table out of a spreadsheet comes with its picture.
    if (event.clipboardData?.types.includes("text/plain")) return;
    if (give(event, [...(event.clipboardData?.files ?? [])])) event.preventDefault();
  });
}

let listening: AbortController | undefined;

/** @returns whether files are held over the page */
export function useIncoming(taker: Taker): boolean {
  useEffect(() => {
    takers.push(taker);
    takers.sort((one, two) => one.order - two.order);
    if (!listening) {
      listening = new AbortController();
      listen(listening.signal);
    }
    return () => {
      takers.splice(takers.indexOf(taker), 1);
      if (takers.length > 0) return;
      listening?.abort();
      listening = undefined;
    };
  }, [taker]);
  return held.use(({ over }) => over);
}
