/**
 * The door: shows the page to who is signed in, or to anybody where there are no accounts. The
 * rooms behind it are loaded when somebody needs them.
 */
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { t, useLanguage } from "../../chat/language.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { refresh, store } from "./store.ts";

const Door = lazy(() => import("./Door.tsx"));

export function Gate({
  children,
  foot,
}: {
  readonly children: ReactNode;
  readonly foot: ReactNode;
}) {
  useLanguage();
  const { state, problem } = store.use((all) => all);
  useEffect(() => {
    void refresh();
    const onVisible = () => void (document.visibilityState === "visible" && refresh());
    document.addEventListener("visibilitychange", onVisible);
    return () => document.removeEventListener("visibilitychange", onVisible);
  }, []);
  if (state?.mode === "solo") return children;
  const visiting = location.pathname.startsWith("/account/");
  if (state?.person && !visiting) return children;
  if (problem) {
    return (
      <main className="broken">
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
        <button type="button" className="primary" onClick={() => void refresh()}>
          {t("retry")}
        </button>
      </main>
    );
  }
  const opening = <Progress value={undefined} label={t("account.opening")} />;
  if (!state) return opening;
  return (
    <Suspense fallback={opening}>
      <Door state={state} foot={foot} />
    </Suspense>
  );
}
