/** What the screen is like. */
import { useSyncExternalStore } from "react";

const wide = matchMedia("(width >= 48rem)");

function subscribe(listener: () => void) {
  wide.addEventListener("change", listener);
  return () => wide.removeEventListener("change", listener);
}

/** Whether the list has room beside the chat. */
export const useWide = () => useSyncExternalStore(subscribe, () => wide.matches);

export const isTouch = () => matchMedia("(pointer: coarse)").matches;
