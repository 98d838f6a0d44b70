/** One model: what it is, what it needs, and what can be done with it now. */
import { useState } from "react";
import { language } from "../../chat/language.ts";
import type { Problem } from "../../chat/problem.ts";
import { useDesk } from "../../desk.ts";
import { formatBytes, formatNumber } from "../../ui/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { Fact } from "./Fact.tsx";
import type { Model } from "./store.ts";
import * as models from "./store.ts";
import { t } from "./words.ts";

interface Props {
  readonly model: Model;
  readonly current: boolean;
  readonly recommended: boolean;
  /** Of the machine. */
  readonly memoryBytes: number;
}

export function ModelCard({ model, current, recommended, memoryBytes }: Props) {
  const { name, description, state, error, memoryBytes: needs } = model;
  const lang = language();
  const length = models.store.use(({ lengths }) => lengths.get(model.digest ?? ""));
  const tooLarge = memoryBytes > 0 && needs > memoryBytes;
  const size = formatBytes(model.fileBytes, lang);
  const memory = formatBytes(needs, lang);
  return (
    <li className={current ? "model current" : "model"}>
      <div className="model-head">
        <h3>{name}</h3>
        {current && <span className="badge accent">{t("models.current")}</span>}
        {state === "loaded" && !current && <span className="badge">{t("models.loaded")}</span>}
        {recommended && <span className="badge good">{t("models.recommended")}</span>}
        {model.own && <span className="badge">{t("models.own")}</span>}
        {model.template === "none" && <span className="badge warn">{t("models.base")}</span>}
        {model.gated && <span className="badge">{t("models.gated")}</span>}
        {state === "broken" && <span className="badge bad">{t("models.broken")}</span>}
      </div>
      <p>{description[lang]}</p>
      {model.template !== "own" && <p className="hint">{t(`models.template.${model.template}`)}</p>}
      <Actions model={model} current={current} />
      <Download model={model} />
      <ModelError error={error} />
      <details>
        <summary>
          {t("models.needs", { size, memory })}
          {tooLarge && <span className="fact-warning">{t("models.tooLarge")}</span>}
        </summary>
        <dl className="facts">
          <Fact name={t("models.context")} value={formatNumber(model.contextWindow, lang)} />
          {length && <Fact name={t("models.length")} value={lengthIn(length, lang)} wide />}
          <Fact name={t("models.licence")} value={model.licence} />
          <Fact name={t("models.build")} value={`${model.parameters} · ${model.quantisation}`} />
          {model.merged && (
            <Fact name={t("models.merged")} value={t("models.merged.of", model.merged)} wide />
          )}
          <Fact name={t("models.languages")} value={languageNames(model.languages)} wide />
        </dl>
      </details>
    </li>
  );
}

/** What was measured says more than the window that a model claims. */
function lengthIn({ measured, tried }: models.Length, lang: string): string {
  const told = { measured: formatNumber(measured, lang), tried: formatNumber(tried, lang) };
  return t(measured > 0 ? "models.length.measured" : "models.length.none", told);
}

export function ModelError({ error }: { readonly error: Model["error"] | Problem }) {
  if (!error) return null;
  const params = (error.params ?? {}) as Record<string, string | number>;
  const problem = { ...error, retryable: error.retryable === true, params };
  return (
    <div role="alert" className="problem">
      <ProblemText problem={problem} />
    </div>
  );
}

function languageNames(codes: readonly string[]): string {
  const names = new Intl.DisplayNames(language(), { type: "language" });
  const nameOf = (code: string) => {
    // A catalogue may say "multilingual", which is no code of a language.
    return /^[a-z]{2,3}(-\w+)*$/.test(code) ? (names.of(code) ?? code) : code;
  };
  return codes.map(nameOf).join(", ");
}

export function Download({ model }: { model: Model }) {
  const { state, received, fileBytes, bytesPerSecond, name } = model;
  if (state !== "downloading" && state !== "verifying" && state !== "partial") return null;
  const lang = language();
  const params = {
    received: formatBytes(received, lang),
    total: formatBytes(fileBytes, lang),
    speed: bytesPerSecond === null ? "" : `${formatBytes(bytesPerSecond, lang)}/s`,
    left: bytesPerSecond ? timeLeft((fileBytes - received) / bytesPerSecond) : "",
  };
  const rest = [params.speed, params.left].filter(Boolean).join(" · ");
  return (
    <div className="download">
      <Progress value={received / fileBytes} label={t("models.progress", { name })} />
      <p>
        {t(`models.state.${state}`, params)}
        {state === "downloading" && rest && ` · ${rest}`}
      </p>
    </div>
  );
}

function timeLeft(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 1 ? t("models.leftSoon") : t("models.left", { minutes });
}

function Actions({ model, current }: { model: Model; current: boolean }) {
  const { id, state } = model;
  const [asking, setAsking] = useState(false);
  if (!useDesk(({ administers }) => administers)) return null;
  if (asking) {
    return (
      <div className="model-actions">
        <p>{t("models.deleteSure")}</p>
        <button
          type="button"
          className="primary danger"
          // biome-ignore lint/a11y/noAutofocus: it stands in the place of the button just pressed
          autoFocus
          onClick={() => {
            setAsking(false);
            void models.remove(id);
          }}
        >
          {t("models.delete")}
        </button>
        <button type="button" className="quiet" onClick={() => setAsking(false)}>
          {t("cancel")}
        </button>
      </div>
    );
  }
  const here = state === "ready" || state === "loaded" || state === "broken";
  return (
    <div className="model-actions">
      {(state === "absent" || state === "partial" || state === "broken") && (
        <button type="button" className="primary" onClick={() => void models.pull(id)}>
          <Icon name="download" />
          {t(state === "partial" ? "models.resume" : "models.pull")}
        </button>
      )}
      {(state === "downloading" || state === "verifying") && (
        <button type="button" className="secondary" onClick={() => void models.cancel(id)}>
          {t("models.cancel")}
        </button>
      )}
      {(state === "ready" || (state === "loaded" && !current)) && (
        <button type="button" className="primary" onClick={() => void models.use(id)}>
          {t("models.use")}
        </button>
      )}
      {state === "loading" && (
        <p>{t("models.state.loading", { percent: models.percentOf(model) })}</p>
      )}
      {(here || state === "partial") && !current && (
        <button type="button" className="quiet" onClick={() => setAsking(true)}>
          <Icon name="trash" />
          {t("models.delete")}
        </button>
      )}
    </div>
  );
}
