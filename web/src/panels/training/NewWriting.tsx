/** What a teacher is to write: chats from a description, or answers to the questions of files. */
import { useId, useState } from "react";
import {
  LANGUAGES,
  LEAST_MADE_UP,
  MOST_MADE_UP,
} from "../../../../src/features/training/defaults.ts";
import type { NewWritten } from "../../../../src/features/training/teacher/api.ts";
import { language } from "../../chat/language.ts";
import { Field, Form } from "../../ui/Form.tsx";
import { textOf } from "../../ui/fileText.ts";
import { sendJson } from "../../ui/json.ts";
import { ACCEPTED } from "./DataForm.tsx";
import { useTeachers } from "./teachers.ts";
import { WRITTEN } from "./Writings.tsx";
import { t } from "./words.ts";

const KINDS = ["described", "asked"] as const;
/** Made up, and tokens of an answer, where nobody says otherwise. */
const [NUMBER, TOKENS] = [50, 512] as const;

export function NewWriting({ begun }: { begun(): void }) {
  const [kind, setKind] = useState<(typeof KINDS)[number]>("described");
  const teachers = useTeachers();
  const ids = { teacher: useId(), files: useId(), about: useId(), spoken: useId(), mask: useId() };
  return (
    <Form
      submit={t("teacher.write")}
      kind="main"
      action={async (field, form) => {
        const files = form.getAll("files").filter((one) => one instanceof File);
        const wish: NewWritten = {
          ...{ teacher: field("teacher"), maxTokens: Number(field("maxTokens")) },
          ...(kind === "described"
            ? {
                synthetic: {
                  ...{
                    about: field("about"),
                    tone: field("tone"),
                    number: Number(field("number")),
                  },
                  language: LANGUAGES.find((one) => one === field("spoken")) ?? "en",
                },
              }
            : {
                files: await Promise.all(
                  files.map(async (one) => ({ name: one.name, content: await textOf(one) })),
                ),
                unmasked: !form.has("mask"),
              }),
        };
        await sendJson("POST", WRITTEN, wish);
        begun();
      }}
    >
      <fieldset className="training-sources">
        <legend>{t("teacher.what")}</legend>
        {KINDS.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="kind"
              value={one}
              checked={kind === one}
              onChange={() => setKind(one)}
            />{" "}
            {t(`teacher.${one}`)}
          </label>
        ))}
      </fieldset>
      <div className="field">
        <label htmlFor={ids.teacher}>{t("teacher")}</label>
        <select
          id={ids.teacher}
          name="teacher"
          required
          aria-describedby={`${ids.teacher}-hint`}
          key={teachers.map(({ id }) => id).join()}
        >
          {teachers.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <p className="hint" id={`${ids.teacher}-hint`}>
          {t("teacher.hint")}
        </p>
      </div>
      {kind === "described" ? (
        <>
          <div className="field">
            <label htmlFor={ids.about}>{t("teacher.about")}</label>
            <textarea
              {...{ id: ids.about, name: "about", rows: 3, minLength: 3, maxLength: 2000 }}
              required
              aria-describedby={`${ids.about}-hint`}
            />
            <p className="hint" id={`${ids.about}-hint`}>
              {t("teacher.about.hint")}
            </p>
          </div>
          <Field name="tone" label={t("teacher.tone")} hint={t("teacher.tone.hint")} optional />
          <div className="field">
            <label htmlFor={ids.spoken}>{t("teacher.spoken")}</label>
            <select id={ids.spoken} name="spoken" defaultValue={language()}>
              {LANGUAGES.map((one) => (
                <option key={one} value={one}>
                  {t(`teacher.spoken.${one}`)}
                </option>
              ))}
            </select>
          </div>
          <Field
            {...{ name: "number", type: "number", min: LEAST_MADE_UP, max: MOST_MADE_UP }}
            label={t("teacher.number")}
            defaultValue={NUMBER}
          />
        </>
      ) : (
        <>
          <div className="field">
            <label htmlFor={ids.files}>{t("teacher.files")}</label>
            <input
              {...{ id: ids.files, name: "files", type: "file", accept: ACCEPTED }}
              multiple
              required
              aria-describedby={`${ids.files}-hint`}
            />
            <p className="hint" id={`${ids.files}-hint`}>
              {t("teacher.files.hint")}
            </p>
          </div>
          <div className="training-check">
            <label>
              <input type="checkbox" name="mask" defaultChecked aria-describedby={ids.mask} />{" "}
              {t("mask")}
            </label>
            <p className="hint" id={ids.mask}>
              {t("mask.hint")}
            </p>
          </div>
        </>
      )}
      <Field
        {...{ name: "maxTokens", type: "number", min: 16, max: 8192 }}
        label={t("teacher.tokens")}
        hint={t("teacher.tokens.hint")}
        defaultValue={TOKENS}
      />
    </Form>
  );
}
