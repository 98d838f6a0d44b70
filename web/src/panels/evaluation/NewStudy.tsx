/** A new study: what is asked, of which questions, and which models answer them. */
import { useId, useState } from "react";
import type { NewStudy as Body } from "../../../../src/features/evaluation/people/api.ts";
import { BUILT_IN } from "../../../../src/features/evaluation/sets/names.ts";
import { language } from "../../chat/language.ts";
import { Field, Form } from "../../ui/Form.tsx";
import { textOf } from "../../ui/fileText.ts";
import { sendJson } from "../../ui/json.ts";
import { useModels } from "./models.ts";
import { t } from "./words.ts";

const DIMENSIONS = ["coherence", "helpfulness", "correctness", "safety"] as const;
const SYSTEMS = [1, 2] as const;
const FILE = "file";

export function NewStudy({ done }: { done(): void }) {
  const id = useId();
  const [kind, setKind] = useState<Body["kind"]>("pairs");
  const [set, setSet] = useState<string>(BUILT_IN[1]);
  const models = useModels();
  return (
    <Form
      submit={t("study.begin")}
      kind="main"
      action={async (field, form) => {
        await sendJson("POST", "/api/studies", await bodyOf(kind, field, form));
        done();
      }}
    >
      <Field name="name" label={t("new.name")} hint={t("new.name.hint")} autoFocus />
      <div className="field">
        <label htmlFor={`${id}-kind`}>{t("new.kind")}</label>
        <select
          id={`${id}-kind`}
          value={kind}
          onChange={({ target }) => setKind(target.value as Body["kind"])}
        >
          {(["pairs", "levels"] as const).map((one) => (
            <option key={one} value={one}>
              {t(`study.kind.${one}`)}
            </option>
          ))}
        </select>
      </div>
      {kind === "levels" && (
        <fieldset className="study-dimensions">
          <legend className="sr-only">{t("new.kind")}</legend>
          {DIMENSIONS.map((one) => (
            <label key={one}>
              <input type="checkbox" name="dimension" value={one} defaultChecked />{" "}
              {t(`dimension.${one}`)}
            </label>
          ))}
        </fieldset>
      )}
      <div className="study-row">
        <div className="field">
          <label htmlFor={`${id}-set`}>{t("new.set")}</label>
          <select
            id={`${id}-set`}
            name="set"
            value={set}
            onChange={({ target }) => setSet(target.value)}
          >
            {BUILT_IN.map((one) => (
              <option key={one} value={one}>
                {t(`new.set.${one}`)}
              </option>
            ))}
            <option value={FILE}>{t("new.set.file")}</option>
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}-lang`}>{t("new.lang")}</label>
          <select id={`${id}-lang`} name="lang" defaultValue={language()}>
            <option value="en">{t("new.lang.en")}</option>
            <option value="es">{t("new.lang.es")}</option>
          </select>
        </div>
      </div>
      {set === FILE && (
        <input
          type="file"
          name="file"
          required
          accept=".csv,.tsv,.jsonl"
          aria-label={t("new.set.file")}
        />
      )}
      <div className="study-row">
        <Field
          name="count"
          label={t("new.count")}
          type="number"
          min={1}
          max={500}
          defaultValue={10}
        />
        <Field
          name="tokens"
          label={t("new.tokens")}
          type="number"
          min={1}
          max={8192}
          defaultValue={256}
        />
      </div>
      <div className="study-row">
        {SYSTEMS.map((n) => (
          <fieldset key={n} className="study-system">
            <legend>{t("new.system", { n })}</legend>
            <div className="field">
              <label htmlFor={`${id}-model-${n}`}>{t("new.model")}</label>
              <select id={`${id}-model-${n}`} name={`model-${n}`} defaultValue="">
                <option value="">{t("new.model.default")}</option>
                {models.map((one) => (
                  <option key={one} value={one}>
                    {one}
                  </option>
                ))}
              </select>
            </div>
            <div className="field">
              <label htmlFor={`${id}-temperature-${n}`}>{t("new.temperature")}</label>
              <input
                id={`${id}-temperature-${n}`}
                name={`temperature-${n}`}
                type="number"
                min={0}
                max={2}
                step={0.1}
                defaultValue={0}
                required
              />
            </div>
            <div className="field">
              <label htmlFor={`${id}-prompt-${n}`}>{t("new.prompt")}</label>
              <textarea id={`${id}-prompt-${n}`} name={`prompt-${n}`} rows={2} maxLength={20_000} />
            </div>
          </fieldset>
        ))}
      </div>
      <label className="study-check">
        <input type="checkbox" name="open" /> {t("study.open")}
        <span className="hint">{t("study.open.hint")}</span>
      </label>
    </Form>
  );
}

async function bodyOf(
  kind: Body["kind"],
  field: (name: string) => string,
  form: FormData,
): Promise<Body> {
  const file = form.get("file");
  const set = field("set");
  const dimensions = DIMENSIONS.filter((one) => form.getAll("dimension").includes(one));
  return {
    ...{ kind, name: field("name"), open: form.has("open"), seed: 1 },
    lang: field("lang") === "es" ? "es" : "en",
    count: Number(field("count")),
    maxTokens: Number(field("tokens")),
    set:
      file instanceof File && set === FILE
        ? { name: file.name, content: await textOf(file) }
        : { builtIn: set as (typeof BUILT_IN)[number] },
    dimensions: dimensions.map((one) => ({
      name: t(`dimension.${one}`),
      anchors: t(`anchors.${one}`).split("|"),
    })),
    systems: SYSTEMS.map((n) => {
      const [model, prompt] = [field(`model-${n}`), field(`prompt-${n}`).trim()];
      const temperature = Number(field(`temperature-${n}`));
      const about = [prompt && `“${prompt.slice(0, 40)}”`, temperature > 0 && `T ${temperature}`];
      const name = [model || t("new.model.default"), ...about.filter(Boolean)].join(", ");
      return {
        label: `${n}: ${name}`.slice(0, 120),
        ...{ temperature, ...(model && { model }), ...(prompt && { prompt }) },
      };
    }),
  };
}
