/** What raters have said: each number with its interval, and whether there are enough of them. */
import type { ResultsReply } from "../../../../src/features/evaluation/people/api.ts";
import { language } from "../../chat/language.ts";
import { formatNumber } from "../../ui/format.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { Section } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { Interval } from "./Interval.tsx";
import { Judge } from "./runs/Judge.tsx";
import { save } from "./save.ts";
import { t } from "./words.ts";

const shown = (value: number, digits = 2) => formatNumber(value, language(), digits);
const percent = (value: number) =>
  new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 0 }).format(value);

export function Results({ study }: { readonly study: string }) {
  const { reply, problem } = useList<ResultsReply>(`/api/studies/${study}/results`);
  if (problem) {
    return (
      <div role="alert" className="problem">
        <ProblemText problem={problem} />
      </div>
    );
  }
  if (!reply) return <Progress value={undefined} label={t("study.reading")} />;
  const { rated, raters, enough, least, failed, systems, again } = reply;
  return (
    <>
      <p className="lead">{t("results.totals", { raters, rated })}</p>
      {rated === 0 ? (
        <p className="hint">{t("results.none")}</p>
      ) : (
        <p className={enough ? "hint" : "note warn"}>
          <span>{enough ? t("results.enough") : t("results.few", { ...least })}</span>
        </p>
      )}
      {failed.map(
        (n, at) =>
          n > 0 && (
            <p key={systems[at]} className="note warn">
              <span>{t("results.failed", { label: systems[at] ?? "", n })}</span>
            </p>
          ),
      )}
      {reply.pairs && rated > 0 && <Pairs reply={reply} pairs={reply.pairs} />}
      {reply.dimensions.map(
        (dimension, at) =>
          reply.levels.length > 0 && (
            <Levels key={dimension.name} reply={reply} dimension={dimension} at={at} />
          ),
      )}
      {reply.kind === "pairs" && systems.length > 1 && (
        <Judge what="study" id={study} systems={systems} />
      )}
      {again.of > 0 && <p className="hint">{t("study.again", { ...again })}</p>}
      {rated > 0 && (
        <div className="dialog-foot">
          <button type="button" className="secondary" onClick={() => void save(study, "csv")}>
            {t("study.export.csv")}
          </button>
          <button type="button" className="secondary" onClick={() => void save(study, "json")}>
            {t("study.export.json")}
          </button>
        </div>
      )}
    </>
  );
}

function Pairs({
  reply: { systems, agreement },
  pairs,
}: {
  readonly reply: ResultsReply;
  readonly pairs: NonNullable<ResultsReply["pairs"]>;
}) {
  const { votes, ties, bad, identical, share, needed, ranking } = pairs;
  const name = (at: number) => systems[at] ?? "";
  const ratings = ranking?.ranked.map(({ rating }) => rating) ?? [];
  const [low, high] = [
    Math.min(...ratings.map((one) => one.low)),
    Math.max(...ratings.map((one) => one.high)),
  ];
  return (
    <Section title={t("results.ranking")} lead={t("results.ranking.how")}>
      <p>{t("results.votes", { votes, ties, bad })}</p>
      {ranking?.groups && (
        <p className="note warn">
          <span>
            {t("results.unconnected", {
              groups: ranking.groups.map((group) => group.map(name).join(" + ")).join(" | "),
            })}
          </span>
        </p>
      )}
      {ranking && ranking.ranked.length > 0 && (
        <table className="results">
          <thead>
            <tr>
              <th scope="col">{t("results.model")}</th>
              <th scope="col">{t("results.points")}</th>
            </tr>
          </thead>
          <tbody>
            {ranking.ranked.map(({ system, rating }) => (
              <tr key={system}>
                <th scope="row">{name(system)}</th>
                <td>
                  <Interval {...rating} from={low} to={high} digits={0} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {share && (
        <p>
          {t("results.share", {
            ...{ label: name(0), value: percent(share.value) },
            ...{ low: percent(share.interval[0]), high: percent(share.interval[1]) },
          })}{" "}
          {needed !== null && t("results.needed", { n: shown(needed, 0) })}
        </p>
      )}
      {ranking?.first && (
        <p className="hint">
          {t("results.first", {
            value: shown(ranking.first.value, 0),
            ...{ low: shown(ranking.first.low, 0), high: shown(ranking.first.high, 0) },
          })}
        </p>
      )}
      {ranking?.pseudo && <p className="hint">{t("results.never")}</p>}
      {identical > 0 && <p className="hint">{t("results.identical", { n: identical })}</p>}
      <Agreement of={agreement[0]} />
    </Section>
  );
}

interface LevelsProps {
  readonly reply: ResultsReply;
  readonly dimension: ResultsReply["dimensions"][number];
  readonly at: number;
}

const Levels = ({ reply: { levels, systems, agreement }, dimension, at }: LevelsProps) => (
  <Section title={dimension.name}>
    <table className="results">
      <thead>
        <tr>
          <th scope="col">{t("results.model")}</th>
          <th scope="col">{t("results.mean")}</th>
          <th scope="col">{t("results.median")}</th>
          <th scope="col">{t("results.good")}</th>
        </tr>
      </thead>
      <tbody>
        {levels
          .filter((one) => one.dimension === at)
          .map(({ system, mean, median, good }) => (
            <tr key={system}>
              <th scope="row">{systems[system]}</th>
              <td>
                <Interval {...mean} from={1} to={dimension.anchors.length} digits={1} />
              </td>
              <td data-name={t("results.median")}>{shown(median, 1)}</td>
              <td data-name={t("results.good")}>
                {percent(good.hits / good.of)} ({percent(good.interval[0])}–
                {percent(good.interval[1])})
              </td>
            </tr>
          ))}
      </tbody>
    </table>
    <Agreement of={agreement[at]} />
  </Section>
);

function Agreement({ of }: { readonly of: ResultsReply["agreement"][number] | undefined }) {
  if (!of?.alpha) return <p className="hint">{t("results.alpha.none")}</p>;
  const { alpha, verdict, kappa } = of;
  return (
    <p>
      <strong>{t("results.agreement")}:</strong>{" "}
      {t("results.alpha", {
        value: shown(alpha.value),
        ...{ low: shown(alpha.low), high: shown(alpha.high) },
        verdict: t(`results.verdict.${verdict}`),
      })}
      {kappa !== null && ` · ${t("results.kappa", { value: shown(kappa) })}`}
    </p>
  );
}
