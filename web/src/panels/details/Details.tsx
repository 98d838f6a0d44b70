/** Which model wrote an answer and how fast; and on demand how the answer came to be. */
import type { Details as All, ChatMessage } from "../../../../src/features/conversations/api.ts";
import { language, useLanguage } from "../../chat/language.ts";
import type { Fact } from "../../room.ts";
import { factsOf } from "../../slots.tsx";
import { formatDuration, formatNumber } from "../../ui/format.ts";
import { Popover } from "../../ui/Popover.tsx";
import { t } from "./words.ts";
import "./details.css";

export function Details({ message }: { message: ChatMessage }) {
  useLanguage();
  const { details } = message;
  // Nothing else is known of what a person has written.
  if (details?.edited) return <span className="byline">{t("details.edited")}</span>;
  if (!details?.model) return null;
  const name = details.modelName ?? details.model;
  const pace = details.tokensPerSecond ? speed(details.tokensPerSecond) : undefined;
  const face = (
    <>
      <span dir="auto">{name}</span>
      {pace && <span>{` · ${pace}`}</span>}
    </>
  );
  return (
    <Popover label={label(name, pace)} face={face} look="byline" kind="dialog">
      {() => (
        <>
          <Facts facts={first(details)} />
          <details>
            <summary>{t("details.more")}</summary>
            <Facts facts={[...factsOf(message), ...rest(details)]} />
          </details>
        </>
      )}
    </Popover>
  );
}

/** What is seen stands first in what is read out. */
const label = (name: string, pace: string | 0 | undefined) =>
  `${[name, pace].filter(Boolean).join(" · ")}. ${t("details.title")}`;

const Facts = ({ facts }: { readonly facts: readonly Fact[] }) => (
  <dl className="details">
    {facts
      .filter(([, value]) => value)
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
);

/** What most readers want to know. */
const first = (details: Partial<All>): readonly Fact[] => [
  [t("details.model"), details.modelName ?? details.model],
  [t("details.completion"), tokens(details.completionTokens)],
  [t("details.total"), maybe(details.totalMs, (ms) => formatDuration(ms, language()))],
  [t("details.continued"), count(details.continued)],
];

const rest = (details: Partial<All>): readonly Fact[] => [
  [t("details.quantisation"), details.quantisation],
  [t("details.device"), details.device],
  [t("details.prompt"), tokens(details.promptTokens, details.estimated)],
  [t("details.cached"), details.cachedTokens ? tokens(details.cachedTokens) : undefined],
  [t("details.window"), tokens(details.contextWindow)],
  [t("details.dropped"), count(details.droppedMessages)],
  [t("details.first"), maybe(details.firstTokenMs, (ms) => formatDuration(ms, language()))],
  [t("details.speed"), maybe(details.tokensPerSecond, (n) => speed(n, 1))],
  [t("details.seed"), maybe(details.seed, (seed) => seedText(seed, details.reproducible))],
  [t("sha256"), short(details.digest)],
  [t("details.adapter"), details.made?.adapter?.id],
  [t("details.adapterDigest"), short(details.made?.adapter?.digest)],
  [t("details.template"), short(details.made?.template)],
  [t("details.sampler"), details.made?.sampler],
];

/** The beginning of a SHA-256, which is enough to tell two apart. */
const short = (digest: string | undefined) => digest && `${digest.slice(0, 16)}…`;

function maybe<V>(value: V | undefined, show: (value: V) => string): string | undefined {
  return value === undefined ? undefined : show(value);
}

/** A seed that was not set does not give the same answer again: what was cached differs. */
const seedText = (seed: number, reproducible = false) =>
  reproducible ? String(seed) : t("random");

const count = (n: number | undefined) => maybe(n || undefined, (n) => formatNumber(n, language()));
/** A fraction matters to the slow alone. */
const speed = (n: number, digits = n < 3 ? 1 : 0) =>
  t("tokensPerSecond", { n: formatNumber(n, language(), digits) });

function tokens(n: number | undefined, estimated = false): string | undefined {
  const text = maybe(n, (value) => t("tokens", { n: formatNumber(value, language()) }));
  return text && estimated ? `≈ ${text}` : text;
}
