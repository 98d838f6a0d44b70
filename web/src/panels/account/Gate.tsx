/**
 * The door: shows the page to who is signed in, or to anybody where there are no accounts. What
 * stands behind it is loaded when somebody needs it.
 */
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { t, useLanguage } from "../../chat/language.ts";
import { useDesk } from "../../desk.ts";
import { Slot, said } from "../../slots.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { isLost, refresh, store } from "./store.ts";

const Door = lazy(() => import("./Door.tsx"));

const RETRY_MS = 2000;

export function Gate({ children }: { readonly children: ReactNode }) {
  const { state, problem } = store.use((all) => all);
  // Whose session has ended is asked to sign in; what was being written is kept as a draft.
  const lost = useDesk((desk) => isLost(desk.problem));
  useEffect(() => void (lost && refresh()), [lost]);
  useEffect(() => {
    void refresh();
    const onVisible = () => void (document.visibilityState === "visible" && refresh());
    document.addEventListener("visibilitychange", onVisible);
    return () => document.removeEventListener("visibilitychange", onVisible);
  }, []);
  // A page that has opened without its server goes on when that is back.
  useEffect(() => {
    if (state || problem?.code !== "offline") return;
    const timer = setTimeout(() => void refresh(), RETRY_MS);
    return () => clearTimeout(timer);
  }, [state, problem]);
  if (state?.mode === "solo" || state?.person) return children;
  if (!state) return <Opening problem={problem} />;
  return (
    <Suspense fallback={<Opening problem={null} />}>
      <Door state={state} />
    </Suspense>
  );
}

/** Here, so that a first visit does not load the words of the whole room. */
const OPENING = { en: "Opening Charla", es: "Abriendo Charla" };

/** While nobody knows yet who is here; and why not, if it cannot be known. */
export function Opening({ problem }: Pick<ReturnType<typeof store.get>, "problem">) {
  useLanguage();
  if (!problem) return <Progress value={undefined} label={said(OPENING)} />;
  return (
    <main className="broken">
      <div role="alert" className="problem">
        <ProblemText problem={problem} />
      </div>
      <button type="button" className="primary" onClick={() => void refresh()}>
        {t("retry")}
      </button>
      <Slot name="Away" />
    </main>
  );
}
