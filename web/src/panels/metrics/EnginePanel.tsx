/** The engines at work: how fast, how full, what the caches save, and what went wrong. */
import { type ReactNode, useEffect } from "react";
import { language, useLanguage } from "../../chat/language.ts";
import { explain } from "../../chat/problem.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatBytes, formatNumber } from "../../ui/format.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { Curve } from "./Curve.tsx";
import { type EngineEvent, type EngineNow, store, watchEngine } from "./store.ts";
import "./metrics.css";
import { t } from "./words.ts";

/** More than these are told by number alone. */
const MOST_DOTS = 32;

export default function EnginePanel({ title, onClose }: PanelProps) {
  useLanguage();
  const { now, speeds, problem } = store.use((state) => state);
  useEffect(() => {
    const watching = new AbortController();
    void watchEngine(watching.signal);
    return () => watching.abort();
  }, []);
  return (
    <Dialog title={title} kind="small" onClose={onClose}>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {!now && !problem && <Progress value={undefined} label={t("engine.looking")} />}
      {now && !problem && (
        <div className="engines">
          <Speed now={now} speeds={speeds} />
          {now.engines.map((engine) => (
            <Engine key={engine.model} engine={engine} />
          ))}
          {now.engines.length === 0 && <p className="hint">{t("engine.none")}</p>}
          {now.serverMemoryBytes !== null && (
            <p className="hint">
              {t("engine.server", { memory: formatBytes(now.serverMemoryBytes, language()) })}
            </p>
          )}
        </div>
      )}
    </Dialog>
  );
}

function Speed({ now, speeds }: { now: EngineEvent; speeds: readonly number[] }) {
  const busy = now.running > 0;
  const speed = number(now.tokensPerSecond ?? 0, now.tokensPerSecond ? 1 : 0);
  return (
    <section className="speed" aria-label={t("engine.speed")}>
      <p className="speed-now" data-busy={busy}>
        {busy && t(now.whole ? "tokensPerSecond" : "engine.busy", { n: speed })}
        {!busy && t("engine.rest")}
      </p>
      {now.whole && (
        <Curve values={speeds} label={t("engine.curve", { n: number(Math.max(0, ...speeds)) })} />
      )}
      <p className="hint">{t("engine.running", { n: number(now.running) })}</p>
    </section>
  );
}

function Engine({ engine }: { engine: EngineNow }) {
  const { name, slots, busy, queued, counters, lastFailure } = engine;
  const busyOf = slots > 0 ? of(busy, slots) : number(busy);
  return (
    <section className="engine">
      <h3 dir="auto">{name}</h3>
      <dl>
        <Row name={t("engine.slots")} value={busyOf}>
          {slots > 0 && slots <= MOST_DOTS && <Dots filled={busy} of={slots} />}
        </Row>
        <Row name={t("engine.queued")} value={number(queued)} />
        {counters && <Counts engine={engine} counters={counters} />}
      </dl>
      {lastFailure && counters && counters.restarts > 0 && (
        <p className="note warn">{t("engine.lastFailure", { reason: explain(lastFailure)[0] })}</p>
      )}
    </section>
  );
}

interface CountsProps {
  readonly engine: EngineNow;
  readonly counters: NonNullable<EngineNow["counters"]>;
}

/** For who administers the engine, or has it alone. */
function Counts({ engine: { kvTokens, kvUsedTokens, memoryBytes }, counters }: CountsProps) {
  const { promptTokens, cachedTokens, restoredTokens, completionTokens } = counters;
  const kvUsed = kvUsedTokens ?? 0;
  return (
    <>
      {kvTokens > 0 && (
        <Row name={t("engine.kv")} value={t("tokens", { n: of(kvUsed, kvTokens) })}>
          <Progress value={Math.min(1, kvUsed / kvTokens)} label={t("engine.kv")} />
        </Row>
      )}
      <Row name={t("engine.fromMemory")} value={percent(cachedTokens, promptTokens)} />
      {restoredTokens > 0 && (
        <Row name={t("engine.fromDisk")} value={percent(restoredTokens, promptTokens)} />
      )}
      <Row name={t("engine.written")} value={number(completionTokens)} />
      {memoryBytes !== null && memoryBytes > 0 && (
        <Row name={t("engine.memory")} value={formatBytes(memoryBytes, language())} />
      )}
      {counters.refused > 0 && <Row name={t("engine.refused")} value={number(counters.refused)} />}
      <Row name={t("engine.restarts")} value={number(counters.restarts)} />
    </>
  );
}

interface RowProps {
  readonly name: string;
  readonly value: string;
  /** The value as a picture. */
  readonly children?: ReactNode;
}

const Row = ({ name, value, children }: RowProps) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {children}
      <span>{value}</span>
    </dd>
  </div>
);

const Dots = ({ filled, of }: { filled: number; of: number }) => (
  <span className="dots" aria-hidden="true">
    {Array.from({ length: of }, (_, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a slot is its place
      <span key={index} data-busy={index < filled} />
    ))}
  </span>
);

const number = (value: number, digits = 0) => formatNumber(value, language(), digits);
const of = (part: number, whole: number) =>
  t("engine.of", { part: number(part), whole: number(whole) });
const percent = (part: number, whole: number) =>
  new Intl.NumberFormat(language(), { style: "percent" }).format(part / Math.max(1, whole));
