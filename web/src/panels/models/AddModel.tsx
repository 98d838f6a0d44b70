/** The ways to a model that the catalogue has not: a name or link of the hub, a path, the file itself. */
import type { Model } from "../../../../src/features/models/api.ts";
import { language } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { Field, Form } from "../../ui/Form.tsx";
import { formatBytes } from "../../ui/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { sendJson } from "../../ui/json.ts";
import { Progress } from "../../ui/Progress.tsx";
import { Section } from "../../ui/Section.tsx";
import { ModelError } from "./ModelCard.tsx";
import { pull } from "./store.ts";
import { chooseModelFile, giveUpload, resume, uploads } from "./upload.ts";
import { t } from "./words.ts";

export function AddModel() {
  const administers = useDesk((desk) => desk.administers);
  if (!administers) return null;
  const paths = desk.fact("models", "paths") === true;
  return (
    <Section title={t("add.title")} lead={t("add.lead")}>
      <Form
        submit={t("add.submit")}
        action={async (field) => {
          const model = await sendJson<Model>("POST", "/api/models", { address: field("address") });
          if (model.state === "absent" || model.state === "partial") await pull(model.id);
        }}
        beside={
          <button type="button" className="quiet" onClick={chooseModelFile}>
            <Icon name="export" />
            {t("add.choose")}
          </button>
        }
      >
        <Field
          name="address"
          label={t(paths ? "add.addressOrPath" : "add.address")}
          hint={t("add.hint")}
          maxLength={2000}
        />
      </Form>
    </Section>
  );
}

/** The file that is on its way, above all models. */
export function Uploading() {
  const upload = uploads.use((state) => state.upload);
  if (!upload) return null;
  const { file, sent, problem } = upload;
  const size = (bytes: number) => formatBytes(bytes, language());
  const far = { received: size(sent), total: size(file.size) };
  return (
    <section className="uploading" aria-label={t("add.sending", { name: file.name })}>
      <h3 dir="auto">{t("add.sending", { name: file.name })}</h3>
      <Progress value={sent / file.size} label={t("add.sending", { name: file.name })} />
      <p className="hint">{t("models.state.downloading", far)}</p>
      {problem && <ModelError error={problem} />}
      <div className="buttons">
        {problem && (
          <button type="button" className="secondary" onClick={resume}>
            {t("models.resume")}
          </button>
        )}
        <button type="button" className="quiet" onClick={giveUpload}>
          {t("cancel")}
        </button>
      </div>
    </section>
  );
}
