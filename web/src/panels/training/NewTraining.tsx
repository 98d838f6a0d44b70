/** A new run: data that is looked at first, then a name, a model and settings, of which none is needed. */
import { useId, useState } from "react";
import type { LookReply, NewRun } from "../../../../src/features/training/api.ts";
import { WHOSE } from "../../../../src/features/training/defaults.ts";
import { Field, Form } from "../../ui/Form.tsx";
import { Icon } from "../../ui/icons.tsx";
import { sendJson } from "../../ui/json.ts";
import { DataForm } from "./DataForm.tsx";
import { Settings, settingsIn } from "./Settings.tsx";
import { useModels } from "./teachers.ts";
import { t } from "./words.ts";

export interface Looked {
  readonly data: Pick<NewRun, "files" | "unmasked">;
  readonly reply: LookReply;
  /** Own chats and no files. */
  readonly own: boolean;
}

interface Props {
  /** Texts of a teacher that are to be learned from. */
  readonly written?: string | undefined;
  /** Told the id of the run. */
  begun(run: string): void;
}

export function NewTraining({ written, begun }: Props) {
  const [looked, setLooked] = useState<Looked | null>(null);
  if (!looked) return <DataForm written={written} looked={setLooked} />;
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
  const { look } = looked.reply;
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
      <Settings method={look.method} taught={look.method === "sft" && look.teachers.length === 1} />
    </Form>
  );
}
