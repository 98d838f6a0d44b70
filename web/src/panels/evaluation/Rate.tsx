/** One answer, or two side by side, without their names; those are told after the vote. */
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { NextReply } from "../../../../src/features/evaluation/people/api.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { MessageParts } from "../../slots.tsx";
import { Field, Form } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { browser, tab } from "../../ui/storage.ts";
import { t } from "./words.ts";

const VOTES = ["first", "second", "tie", "bad"] as const;
const PLACES = ["a", "b"] as const;
const RATER = "charla.rater";

type Task = NonNullable<NextReply["task"]>;

/** With accounts the name goes with the tab; without, the browser is who knows the people. */
const memory = () => (desk.person ? tab : browser);

export function Rate({ study }: { readonly study: string }) {
  const [rater, setRater] = useState<string | null>(null);
  if (rater !== null) {
    return (
      <>
        <Rater name={rater} change={() => setRater(null)} />
        <Tasks study={study} rater={rater} />
      </>
    );
  }
  return (
    <Form
      submit={t("rate.start")}
      kind="main"
      action={async (field) => {
        const name = field("rater").trim();
        memory().remember(RATER, name);
        setRater(name);
      }}
    >
      <Field
        name="rater"
        label={t("rate.as")}
        hint={t(desk.person ? "rate.as.hint" : "rate.as.hint.solo")}
        defaultValue={memory().recall(RATER) ?? ""}
        autoFocus
      />
    </Form>
  );
}

/** Under which name the ratings are kept; another may sit down, and one may take theirs back. */
function Rater({ name, change }: { readonly name: string; change(): void }) {
  const [sure, setSure] = useState(false);
  const erase = () =>
    desk.attempt(async () => {
      await sendJson("DELETE", `/api/ratings?rater=${encodeURIComponent(name)}`);
      memory().remember(RATER, null);
      change();
    });
  return (
    <div className="rate-rater">
      <p className="hint">{t("rate.by", { name })}</p>
      <button type="button" className="secondary" onClick={change}>
        {t("rate.change")}
      </button>
      <button
        type="button"
        className="secondary"
        onBlur={() => setSure(false)}
        onClick={() => (sure ? void erase() : setSure(true))}
      >
        {t(sure ? "rate.erase.sure" : "rate.erase", { name })}
      </button>
    </div>
  );
}

function Tasks({ study, rater }: { readonly study: string; readonly rater: string }) {
  const [reply, setReply] = useState<NextReply | null>(null);
  const [labels, setLabels] = useState<readonly string[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const next = useCallback(async () => {
    setProblem(null);
    try {
      setReply(await sendJson<NextReply>("POST", `/api/studies/${study}/next`, { rater }));
      setLabels(null);
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  }, [study, rater]);
  useEffect(() => void next(), [next]);
  const rate = async (said: object) => {
    if (!reply?.task || labels) return;
    setProblem(null);
    try {
      const path = `/api/ratings/${reply.task.id}`;
      setLabels((await sendJson<{ labels: string[] }>("POST", path, said)).labels);
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  if (!reply)
    return problem ? (
      <Wrong problem={problem} />
    ) : (
      <Progress value={undefined} label={t("study.reading")} />
    );
  const { task, done, total, ready } = reply;
  if (!ready) return <p className="lead">{t("rate.waits")}</p>;
  if (!task) return <p className="lead">{t("rate.done")}</p>;
  const counted = t("rate.of", { done: done + (labels ? 1 : 0), total });
  return (
    <>
      <p className="hint rate-count">{counted}</p>
      <Progress value={(done + (labels ? 1 : 0)) / total} label={counted} />
      <Question task={task} />
      <div className={task.answers.length > 1 ? "rate-answers two" : "rate-answers"}>
        {PLACES.slice(0, task.answers.length).map((place, at) => (
          <section key={place} className="rate-answer" aria-label={t(`rate.${place}`)}>
            {task.answers.length > 1 && <h3>{t(`rate.${place}`)}</h3>}
            {task.answers[at] ? (
              <MessageParts {...answerOf(task.answers[at])} />
            ) : (
              <p className="hint">{t("rate.empty")}</p>
            )}
          </section>
        ))}
      </div>
      {problem && <Wrong problem={problem} />}
      {labels ? (
        <Said labels={labels} next={next} />
      ) : reply.kind === "pairs" ? (
        <Votes rate={(vote) => rate({ vote })} />
      ) : (
        <Levels key={task.id} dimensions={reply.dimensions} rate={(levels) => rate({ levels })} />
      )}
    </>
  );
}

const answerOf = (content: string) => ({ role: "assistant", content }) as const;

const Wrong = ({ problem }: { readonly problem: Problem }) => (
  <div role="alert" className="problem">
    <ProblemText problem={problem} />
  </div>
);

const Question = ({ task }: { readonly task: Task }) => (
  <section className="rate-question" aria-label={t("rate.question")}>
    {task.messages.map(({ role, content }, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they stand in their places
      <p key={at} className={role === "user" ? "rate-asked" : "rate-earlier"} dir="auto">
        {content}
      </p>
    ))}
  </section>
);

function Votes({ rate }: { rate(vote: (typeof VOTES)[number]): Promise<void> }) {
  useEffect(() => {
    const press = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent) => {
      const vote = VOTES[Number(key) - 1];
      if (vote && !ctrlKey && !metaKey && !altKey) void rate(vote);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [rate]);
  return (
    <Foot hint={t("rate.keys")}>
      {VOTES.map((vote) => (
        <button key={vote} type="button" className="secondary" onClick={() => void rate(vote)}>
          {t(`rate.${vote}`)}
        </button>
      ))}
    </Foot>
  );
}

const Foot = ({ hint, children }: { readonly hint?: string; readonly children: ReactNode }) => (
  <div className="rate-foot">
    <div className="buttons">{children}</div>
    {hint && <p className="hint rate-keys">{hint}</p>}
  </div>
);

interface LevelsProps {
  readonly dimensions: NextReply["dimensions"];
  rate(levels: number[]): Promise<void>;
}

const Levels = ({ dimensions, rate }: LevelsProps) => (
  <Form
    submit={t("rate.send")}
    kind="main"
    action={async (field) => rate(dimensions.map((_, at) => Number(field(`level-${at}`))))}
  >
    {dimensions.map(({ name, anchors }, at) => (
      <fieldset key={name} className="rate-levels">
        <legend>{name}</legend>
        <div className="rate-scale">
          {anchors.map((anchor, level) => (
            <label key={anchor}>
              <input type="radio" name={`level-${at}`} value={level + 1} required />
              <strong>{level + 1}</strong>
              <span>{anchor}</span>
            </label>
          ))}
        </div>
      </fieldset>
    ))}
  </Form>
);

function Said({ labels, next }: { readonly labels: readonly string[]; next(): Promise<void> }) {
  const button = useRef<HTMLButtonElement>(null);
  // Before it is seen, so that a quick Enter is not lost.
  useLayoutEffect(() => button.current?.focus(), []);
  const [a = "", b] = labels;
  return (
    <div className="rate-said" role="status">
      <p>{b === undefined ? t("rate.said", { label: a }) : t("rate.said.two", { a, b })}</p>
      <Foot hint={t("rate.keys.next")}>
        <button ref={button} type="button" className="primary" onClick={() => void next()}>
          {t("rate.next")}
        </button>
      </Foot>
    </div>
  );
}
