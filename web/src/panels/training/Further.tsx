/** From a run to the lab: the base and the adapter on the test set, measured or compared blind. */
import type { TrainingRun } from "../../../../src/features/training/api.ts";
import { language } from "../../chat/language.ts";
import { request } from "../../chat/problem.ts";
import { desk, useDesk } from "../../desk.ts";
import { sendJson } from "../../ui/json.ts";
import { Section } from "../../ui/Section.tsx";
import { useAttempt } from "./attempt.ts";
import { t } from "./words.ts";

/** What both are asked at most: of the lab, and of people. */
const [SAMPLE, VOTED] = [50, 20] as const;
const TOKENS = 128;

export function Further({ run: { id, plan, result } }: { readonly run: TrainingRun }) {
  const lab = useDesk((desk) => desk.has("evaluation"));
  const { problem, attempt } = useAttempt();
  const adapter = result?.adapter;
  if (!lab || !adapter) return null;
  const { name, model } = plan;
  const models = [model, `${model}+${adapter}`];
  const questions = async () => ({
    name: `${name}.jsonl`,
    content: await (await request(`/api/training/${id}/test`)).text(),
  });
  const measure = async () => {
    const how = { set: await questions(), models, sample: SAMPLE, maxTokens: TOKENS };
    const bodies = [
      { kind: "ask", ...how },
      { kind: "bias", models },
      { kind: "robust", ...how },
    ];
    for (const body of bodies) await sendJson("POST", "/api/evaluations", body);
    desk.open("evaluations");
  };
  const compare = async () => {
    const body = {
      ...{ name: t("further.name", { name }), kind: "pairs", dimensions: [], maxTokens: TOKENS },
      systems: [
        { label: model, model },
        { label: name, model, adapter },
      ],
      ...{ set: await questions(), count: VOTED, lang: language() },
    };
    await sendJson("POST", "/api/studies", body);
    desk.open("evaluation");
  };
  return (
    <Section title={t("further.title")} lead={t("further.lead")} problem={problem}>
      <div className="buttons">
        <button type="button" className="secondary" onClick={() => void attempt(compare)}>
          {t("further.blind")}
        </button>
        <button type="button" className="secondary" onClick={() => void attempt(measure)}>
          {t("further.measure")}
        </button>
      </div>
    </Section>
  );
}
