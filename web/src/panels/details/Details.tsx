/** How an answer came to be: model, counts and times, on demand. */
import type { Details as All } from "../../../../src/features/conversations/api.ts";
import { language, t, useLanguage } from "../../chat/language.ts";
import { formatDuration, formatNumber } from "../../ui/format.ts";
import { Popover } from "../../ui/Popover.tsx";
import { guardRows } from "./guard.ts";

export function Details({ details }: { details: Partial<All> }) {
  useLanguage();
  return (
    <Popover label={t("details.title")} icon="info" kind="dialog">
      {() => (
        <dl className="details">
          {rows(details).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </Popover>
  );
}

function rows(details: Partial<All>): [string, string][] {
  const lang = language();
  const all: [string, string | undefined][] = [
    [t("details.model"), details.modelName ?? details.model],
    [t("details.quantisation"), details.quantisation],
    [t("details.device"), details.device],
    [t("details.prompt"), tokens(details.promptTokens, details.estimated)],
    [t("details.cached"), details.cachedTokens ? tokens(details.cachedTokens) : undefined],
    [t("details.completion"), tokens(details.completionTokens)],
    [t("details.window"), tokens(details.contextWindow)],
    [t("details.dropped"), count(details.droppedMessages)],
    [t("details.first"), maybe(details.firstTokenMs, (ms) => formatDuration(ms, lang))],
    [t("details.total"), maybe(details.totalMs, (ms) => formatDuration(ms, lang))],
    [t("details.speed"), maybe(details.tokensPerSecond, speed)],
    [t("details.seed"), maybe(details.seed, (seed) => seedText(seed, details.reproducible))],
    [t("details.digest"), short(details.digest)],
    [t("details.adapter"), details.made?.adapter?.id],
    [t("details.adapterDigest"), short(details.made?.adapter?.digest)],
    [t("details.template"), short(details.made?.template)],
    [t("details.sampler"), details.made?.sampler],
    ...guardRows(details.guard),
  ];
  return all.filter((row): row is [string, string] => Boolean(row[1]));
}

/** The beginning of a SHA-256, which is enough to tell two apart. */
const short = (digest: string | undefined) => digest && `${digest.slice(0, 16)}…`;

function maybe<V>(value: V | undefined, show: (value: V) => string): string | undefined {
  return value === undefined ? undefined : show(value);
}

/** A seed that was not set does not give the same answer again: what was cached differs. */
const seedText = (seed: number, reproducible = false) =>
  reproducible ? String(seed) : t("settings.random");

const count = (n: number | undefined) => maybe(n || undefined, (n) => formatNumber(n, language()));
const speed = (n: number) => t("details.perSecond", { n: formatNumber(n, language(), 1) });

function tokens(n: number | undefined, estimated = false): string | undefined {
  const text = maybe(n, (value) => t("details.tokens", { n: formatNumber(value, language()) }));
  return text && estimated ? `≈ ${text}` : text;
}
