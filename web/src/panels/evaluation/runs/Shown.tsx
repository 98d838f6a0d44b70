/** What evaluations have found: tables with intervals, pictures, how it was made, and all of it as files. */
import type { RunsReply, ShownReply } from "../../../../../src/features/evaluation/api.ts";
import { language } from "../../../chat/language.ts";
import { request } from "../../../chat/problem.ts";
import { desk } from "../../../desk.ts";
import { Figures } from "../../../ui/Figures.tsx";
import { getJson } from "../../../ui/json.ts";
import { ProblemText } from "../../../ui/ProblemText.tsx";
import { Progress } from "../../../ui/Progress.tsx";
import { useList } from "../../../ui/useList.ts";
import { keep } from "../save.ts";
import { Judge } from "./Judge.tsx";
import { t } from "./words.ts";

interface Props {
  /** One, or several as one table. */
  readonly runs: readonly RunsReply["items"][number][];
}

const FORMATS = ["md", "csv", "json"] as const;

export function Shown({ runs }: Props) {
  const ids = runs.map(({ id }) => id).join(",");
  const shown = runs.length === 1 ? `${ids}/shown?` : `table?runs=${ids}&`;
  const { reply, problem } = useList<ShownReply>(`/api/evaluations/${shown}language=${language()}`);
  if (problem) {
    return (
      <div role="alert" className="problem">
        <ProblemText problem={problem} />
      </div>
    );
  }
  if (!reply) return <Progress value={undefined} label={t("run.reading")} />;
  const { tables, notes, pictures } = reply;
  const only = runs.length === 1 ? runs[0] : undefined;
  const saveTable = (format: (typeof FORMATS)[number]) =>
    desk.attempt(async () => {
      const path = `/api/evaluations/table/file?runs=${ids}&language=${language()}&format=${format}`;
      keep(`charla-table.${format}`, await (await request(path)).text());
    });
  const saveAll = () =>
    desk.attempt(async () => {
      for (const { id } of runs) {
        const report = await getJson(`/api/evaluations/${id}`);
        keep(`charla-${id.slice(0, 8)}.json`, `${JSON.stringify(report, null, 2)}\n`);
      }
    });
  return (
    <>
      {tables.length === 0 && <p className="hint">{t("run.nothing")}</p>}
      {tables.map(({ head, rows }) => (
        <Wide key={head.join()} head={head} rows={rows} />
      ))}
      {pictures.map((picture) => (
        <Picture key={picture.name} {...picture} />
      ))}
      <ul className="run-notes">
        {notes.map((note) => (
          <li key={note} className="hint">
            {note.replaceAll(/\*\*|`/g, "")}
          </li>
        ))}
      </ul>
      {only?.plan.kind === "ask" && only.plan.models.length > 1 && (
        <Judge what="run" id={only.id} systems={only.plan.models.map(nameOf)} />
      )}
      <div className="dialog-foot">
        {FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            className="secondary"
            onClick={() => void saveTable(format)}
          >
            {t("run.save", { format: NAMES[format] })}
          </button>
        ))}
        <button type="button" className="secondary" onClick={() => void saveAll()}>
          {t("run.save", { format: t("run.answers") })}
        </button>
      </div>
    </>
  );
}

const nameOf = ({
  model,
  adapter,
}: {
  readonly model: string;
  readonly adapter?: string | undefined;
}) => (adapter ? `${model}+${adapter}` : model);

const NAMES = { md: "Markdown", csv: "CSV", json: "JSON" } as const;

const Wide = ({ head, rows }: ShownReply["tables"][number]) => (
  <section
    className="run-table"
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the dialog is scrolled by keys
    tabIndex={0}
    aria-label={head.filter(Boolean).slice(0, 4).join(", ")}
  >
    <Figures className="results" head={head} rows={rows} />
  </section>
);

/** The picture says in words what it shows, which is its text alternative here as well. */
function Picture({ name, svg, title, says }: ShownReply["pictures"][number]) {
  return (
    <figure className="run-picture">
      <img src={`data:image/svg+xml,${encodeURIComponent(svg)}`} alt={`${title}. ${says}`} />
      <button
        type="button"
        className="secondary"
        aria-label={`${t("run.picture.save")}: ${title}`}
        onClick={() => keep(name, svg)}
      >
        {t("run.picture.save")}
      </button>
    </figure>
  );
}
