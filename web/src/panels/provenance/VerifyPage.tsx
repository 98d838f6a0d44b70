/** Was this written here? For whoever holds a text, a receipt or an export. */
import { type DragEvent, useEffect, useRef, useState } from "react";
import type { Expected } from "../../../../src/features/provenance/membership/check.ts";
import { useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { Slot } from "../../slots.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Asked } from "./Asked.tsx";
import { fetchReceipt, type Looked, look } from "./looked.ts";
import { MarkResult } from "./MarkResult.tsx";
import { ReceiptResult } from "./ReceiptResult.tsx";
import { t } from "./words.ts";
import "./provenance.css";

export default function VerifyPage() {
  useLanguage();
  const [given, setGiven] = useState("");
  const [state, setState] = useState<Looked | "busy" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  /** What was looked at last. */
  const last = useRef<string | Uint8Array>("");

  const check = async (what: () => Promise<string | Uint8Array>, expected?: Expected) => {
    setProblem(null);
    setState("busy");
    try {
      last.current = await what();
      setState(await look(last.current, expected));
    } catch (thrown) {
      setState(null);
      setProblem(toProblem(thrown));
    }
  };
  const take = (file: File | undefined) => {
    if (!file) return;
    setGiven("");
    void check(async () => new Uint8Array(await file.arrayBuffer()));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for the answer it was opened for
  useEffect(() => {
    const path = location.hash.slice(1);
    if (path !== "") void check(() => fetchReceipt(path));
  }, []);
  useEffect(() => {
    document.title = `${t("page.title")} · Charla`;
  });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  };
  return (
    <div className="chat verify">
      <header className="bar">
        <p className="wordmark">Charla</p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it */}
      <main className="scroller" tabIndex={0} aria-labelledby="verify-title">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the button does the same */}
        <div className="column" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
          <h1 id="verify-title">{t("page.title")}</h1>
          <p className="verify-soft">{t("page.lead")}</p>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void check(async () => given);
            }}
          >
            <textarea
              aria-label={t("page.label")}
              rows={7}
              value={given}
              onChange={(event) => setGiven(event.target.value)}
              dir="auto"
            />
            <div className="verify-row">
              <button
                type="submit"
                className="primary"
                disabled={state === "busy" || !given.trim()}
              >
                {t(state === "busy" ? "page.checking" : "page.check")}
              </button>
              <label className="verify-file secondary">
                {t("page.choose")}
                <input type="file" onChange={(event) => take(event.target.files?.[0])} />
              </label>
            </div>
          </form>
          <div aria-live="polite">
            {problem && (
              <div className="problem">
                <ProblemText problem={problem} />
              </div>
            )}
            {state &&
              state !== "busy" &&
              ("report" in state ? (
                <>
                  <ReceiptResult report={state.report} />
                  {state.report.kind === "membership" && (
                    <Asked onCheck={(expected) => check(async () => last.current, expected)} />
                  )}
                </>
              ) : (
                <MarkResult {...state} />
              ))}
          </div>
          <details className="verify-limits">
            <summary>{t("page.limits")}</summary>
            <ul>
              {(["short", "edited", "mark", "receipt"] as const).map((one) => (
                <li key={one}>{t(`page.limits.${one}`)}</li>
              ))}
            </ul>
          </details>
          <p>
            <a href="/verifier.html" download="charla-verifier.html">
              {t("page.offline")}
            </a>
          </p>
          <footer className="verify-foot">
            <Slot name="Choices" />
          </footer>
        </div>
      </main>
    </div>
  );
}
