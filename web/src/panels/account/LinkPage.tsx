/** The page of a link that an administrator, or the first start, has handed over. */
import { useEffect } from "react";
import Door from "./Door.tsx";
import { Opening } from "./Gate.tsx";
import { enter, refresh, store } from "./store.ts";

export default function LinkPage() {
  const { state, problem } = store.use((all) => all);
  useEffect(() => void refresh(), []);
  const solo = state?.mode === "solo";
  // Where there are no accounts, no link has a meaning.
  useEffect(() => {
    if (solo) enter();
  }, [solo]);
  return state && !solo ? <Door state={state} /> : <Opening problem={problem} />;
}
