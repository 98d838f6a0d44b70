/** A new run: data that is looked at first, then a name, a model and settings, of which none is needed. */
import { useEffect, useId, useState } from "react";
import type { LookReply, NewRun } from "../../../../src/features/training/api.ts";
import { WHOSE } from "../../../../src/features/training/defaults.ts";
import { Field, Form } from "../../ui/Form.tsx";
import { Icon } from "../../ui/icons.tsx";
import { getJson, sendJson } from "../../ui/json.ts";
import { DataForm } from "./DataForm.tsx";
import { Settings, settingsIn } from "./Settings.tsx";
import { t } from "./words.ts";

export interface Looked {
  readonly data: Pick<NewRun, "files" | "unmasked">;
  readonly reply: LookReply;
  /** Own chats and no files. */
  readonly own: boolean;
}

/** @param begun told the id of the run */
export function NewTraining({ begun }: { begun(run: string): void }) {
  const [looked, setLooked] = useState<Looked | null>(null);
  if (!looked) return <DataForm looked={setLooked} />;
  return (
    <>
      <Told looked={looked} other={() => setLooked(null)} />
      <Begin looked={looked} begun={begun} />
    </>
  );
}

function Told({ looked: { data, reply }, other }: { looked: Looked; other(): void }) {
  const { facts, warnings } = reply;
  return (
    <section className="training-look" aria-label={t("look.title")}>
      <div className="training-look-head">
        <strong>{data.files.map(({ name }) => name).join(", ")}</strong>
        <button type="button" className="quiet" onClick={other}>
          {t("look.other")}
        </button>
      </div>
      {facts.map((fact) => (
        <p key={fact}>{fact}</p>
      ))}
      {warnings.map((warning) => (
        <p key={warning} className="note warn">
          <Icon name="warn" />
          <span>{warning}</span>
        </p>
      ))}
    </section>
  );
}

function Begin({ looked, begun }: { looked: Looked; begun(run: string): void }) {
  const { data, own } = looked;
  const ids = { model: useId(), whose: useId() };
  const models = useModels();
  const first = own ? t("own.name") : (data.files[0]?.name.replace(/\.[^.]*$/, "") ?? "");
  return (
    <Form
      submit={t("begin")}
      kind="main"
      action={async (field, form) => {
        const body: NewRun = {
          ...data,
          ...{ name: field("name"), settings: settingsIn(form) },
          ...(field("model") && { model: field("model") }),
          ...{ whose: WHOSE.find((one) => one === field("whose")) },
        };
        begun((await sendJson<{ id: string }>("POST", "/api/training", body)).id);
      }}
    >
      <Field name="name" label={t("name")} hint={t("name.hint")} defaultValue={first} />
      <div className="field">
        <label htmlFor={ids.model}>{t("model")}</label>
        <select id={ids.model} name="model" key={models.map(({ id }) => id).join()}>
          {models.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={ids.whose}>{t("whose")}</label>
        <select
          id={ids.whose}
          name="whose"
          required
          defaultValue={own ? "own" : ""}
          aria-describedby={`${ids.whose}-hint`}
        >
          <option value="">{t("whose.choose")}</option>
          {WHOSE.map((one) => (
            <option key={one} value={one}>
              {t(`whose.${one}`)}
            </option>
          ))}
        </select>
        <p className="hint" id={`${ids.whose}-hint`}>
          {t("whose.hint")}
        </p>
      </div>
      <Settings method={looked.reply.look.method} />
    </Form>
  );
}

interface Choice {
  readonly id: string;
  readonly name: string;
}

/** Those whose files are here, the one that answers by default first. */
function useModels(): readonly Choice[] {
  const [models, setModels] = useState<readonly Choice[]>([]);
  useEffect(() => {
    type Reply = { current: string; models: (Choice & { state: string })[] };
    getJson<Reply>("/api/models").then(
      ({ current, models: all }) => {
        const here = all.filter(({ state }) => ["ready", "loading", "loaded"].includes(state));
        const before = (one: Choice) => Number(one.id === current);
        setModels(here.toSorted((a, b) => before(b) - before(a)));
      },
      () => {},
    );
  }, []);
  return models;
}
