/** Everything about the reader as one archive: a button, how much has come, and a way to stop it. */
import { useEffect, useRef, useState } from "react";
import { language } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { formatBytes } from "../../ui/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { Part } from "./Part.tsx";
import { download } from "./store.ts";
import { t } from "./words.ts";

export function Download() {
  /** Bytes that have come; null while nothing is fetched. */
  const [bytes, setBytes] = useState<number | null>(null);
  const [saved, setSaved] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);
  const begin = async () => {
    const controller = new AbortController();
    running.current = controller;
    setProblem(null);
    setSaved(false);
    setBytes(0);
    try {
      await download(controller.signal, setBytes);
      setSaved(true);
    } catch (thrown) {
      if (!controller.signal.aborted) setProblem(toProblem(thrown));
    }
    setBytes(null);
  };
  return (
    <Part title={t("privacy.mine")}>
      <p className="lead">{t("privacy.mine.lead")}</p>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {bytes !== null && <Progress value={undefined} label={t("privacy.fetching")} />}
      <div className="privacy-row">
        <p role="status" className="hint">
          {bytes !== null && t("privacy.fetched", { size: formatBytes(bytes, language()) })}
          {saved && t("privacy.saved")}
        </p>
        {bytes === null ? (
          <button type="button" className="secondary" onClick={() => void begin()}>
            <Icon name="download" />
            {t("privacy.download")}
          </button>
        ) : (
          <button type="button" className="secondary" onClick={() => running.current?.abort()}>
            {t("privacy.stop")}
          </button>
        )}
      </div>
    </Part>
  );
}
