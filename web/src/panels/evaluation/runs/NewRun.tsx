/** A new evaluation: which models, what is measured of them, and on what. Each kind is a run of its own. */
import { type ReactNode, useEffect, useId, useState } from "react";
import type { MeasuresReply, NewRunBody } from "../../../../../src/features/evaluation/api.ts";
import { PROTOCOLS } from "../../../../../src/features/evaluation/protocols.ts";
import { BUILT_IN } from "../../../../../src/features/evaluation/sets/names.ts";
import { language } from "../../../chat/language.ts";
import { Field, Form } from "../../../ui/Form.tsx";
import { textOf } from "../../../ui/fileText.ts";
import { getJson, sendJson } from "../../../ui/json.ts";
import { useList } from "../../../ui/useList.ts";
import { useModels } from "../models.ts";
import { questionsOf } from "./from-chats.ts";
import { t } from "./words.ts";

const KINDS = ["perplexity", "ask", "speed", "bias", "robust", "length"] as const;
/** Those that read a text. */
const READING: readonly Kind[] = ["perplexity", "speed", "length"];
type Kind = (typeof KINDS)[number];
const [FILE, CHATS, OWN_TEXTS] = ["file", "chats", "own-texts"] as const;
const LANGUAGES = ["en", "es"] as const;

export function NewRun({ done }: { done(): void }) {
  const [kinds, setKinds] = useState<readonly Kind[]>(["perplexity", "ask", "speed"]);
  const [text, setText] = useState<string>(OWN_TEXTS);
  const [set, setSet] = useState<string>(BUILT_IN[0]);
  const models = useModels();
  const measures = useList<MeasuresReply>("/api/evaluations/measures").reply?.items ?? [];
  const read = READING.some((kind) => kinds.includes(kind));
  const asked = kinds.includes("ask") || kinds.includes("robust");
  return (
    <Form
      submit={t("run.begin")}
      kind="main"
      action={async (field, form) => {
        const bodies = [...(await bodiesOf(kinds, field, form)), ...measuresIn(form)];
        for (const body of bodies) await sendJson("POST", "/api/evaluations", body);
        done();
      }}
    >
      <fieldset className="study-dimensions">
        <legend>{t("run.models")}</legend>
        {models.length === 0 && <p className="hint">{t("run.model.none")}</p>}
        {models.map((one, at) => (
          <label key={one}>
            <input type="checkbox" name="model" value={one} defaultChecked={at === 0} /> {one}
          </label>
        ))}
      </fieldset>
      <fieldset className="run-kinds">
        <legend>{t("run.kinds")}</legend>
        {KINDS.map((kind) => (
          <label key={kind}>
            <input
              type="checkbox"
              checked={kinds.includes(kind)}
              onChange={({ target }) =>
                setKinds((before) =>
                  target.checked ? [...before, kind] : before.filter((one) => one !== kind),
                )
              }
            />{" "}
            {t(`run.kind.${kind}`)}
            <span className="hint">{t(`run.kind.${kind}.hint`)}</span>
          </label>
        ))}
      </fieldset>
      {measures.length > 0 && (
        <fieldset className="run-kinds">
          <legend>{t("run.measures")}</legend>
          {measures.map(({ name, title, about }) => (
            <label key={name}>
              <input type="checkbox" name="measure" value={name} /> {title[language()]}
              <span className="hint">{about[language()]}</span>
            </label>
          ))}
        </fieldset>
      )}
      <div className="study-row">
        {read && (
          <Choice name="text" label={t("run.text")} value={text} choose={setText}>
            <option value={OWN_TEXTS}>{t("run.text.own-texts")}</option>
            <option value={FILE}>{t("run.text.file")}</option>
          </Choice>
        )}
        {asked && (
          <Choice name="set" label={t("run.set")} value={set} choose={setSet}>
            {BUILT_IN.map((one) => (
              <option key={one} value={one}>
                {t(`run.set.${one}`)}
              </option>
            ))}
            <option value={CHATS}>{t("run.set.chats")}</option>
            <option value={FILE}>{t("run.set.file")}</option>
          </Choice>
        )}
        <Choice name="language" label={t("run.language")}>
          <option value="">{t("run.language.all")}</option>
          {LANGUAGES.map((one) => (
            <option key={one} value={one}>
              {t(`run.language.${one}`)}
            </option>
          ))}
        </Choice>
      </div>
      {read && text === FILE && (
        <input
          type="file"
          name="text-file"
          required
          accept=".txt,.md,.jsonl"
          aria-label={t("run.text.file")}
        />
      )}
      {asked && set === FILE && (
        <input
          type="file"
          name="set-file"
          required
          accept=".csv,.tsv,.jsonl"
          aria-label={t("run.set.file")}
        />
      )}
      {asked && set === CHATS && <Chats />}
      {kinds.includes("perplexity") && (
        <div className="study-row">
          <Choice name="protocol" label={t("run.protocol")}>
            {PROTOCOLS.map((one) => (
              <option key={one} value={one}>
                {t(`run.protocol.${one}`)}
              </option>
            ))}
          </Choice>
          <Field name="windows" label={t("run.windows")} type="number" min={1} optional />
        </div>
      )}
      {asked && (
        <>
          <div className="study-row">
            <Field name="sample" label={t("run.sample")} type="number" min={1} defaultValue={20} />
            <Field
              name="tokens"
              label={t("run.tokens")}
              type="number"
              min={1}
              max={8192}
              defaultValue={128}
            />
            <Temperature />
          </div>
          <System />
        </>
      )}
    </Form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  choose?(value: string): void;
  readonly children: ReactNode;
}

function Choice({ name, label, value, choose, children }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        name={name}
        {...(value !== undefined && { value, onChange: ({ target }) => choose?.(target.value) })}
      >
        {children}
      </select>
    </div>
  );
}

function Temperature() {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{t("run.temperature")}</label>
      <input
        id={id}
        {...{ name: "temperature", type: "number", min: 0, max: 2, step: 0.1, defaultValue: 0 }}
        required
      />
    </div>
  );
}

function System() {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{t("run.system")}</label>
      <textarea id={id} name="system" rows={2} maxLength={20_000} />
    </div>
  );
}

/** Of the reader's own, newest first. */
function Chats() {
  const [chats, setChats] = useState<readonly { id: string; title: string }[]>();
  useEffect(() => {
    getJson<{ items: { id: string; title: string }[] }>("/api/conversations?limit=50").then(
      ({ items }) => setChats(items),
      () => setChats([]),
    );
  }, []);
  if (chats?.length === 0) return <p className="hint">{t("run.chats.none")}</p>;
  return (
    <>
      <fieldset className="study-dimensions run-chats">
        <legend>{t("run.chats.which")}</legend>
        {chats?.map(({ id, title }) => (
          <label key={id}>
            <input type="checkbox" name="chat" value={id} /> {title}
          </label>
        ))}
      </fieldset>
      <label className="study-check">
        <input type="checkbox" name="chat-answers" /> {t("run.chats.answers")}
        <span className="hint">{t("run.chats.answers.hint")}</span>
      </label>
    </>
  );
}

/** A body for each measure of Charla itself that is chosen. */
const measuresIn = (form: FormData): readonly NewRunBody[] =>
  form.getAll("measure").map((measure) => ({ kind: "measure", measure: String(measure) }));

/** A body for each kind that is chosen. */
async function bodiesOf(
  kinds: readonly Kind[],
  field: (name: string) => string,
  form: FormData,
): Promise<readonly NewRunBody[]> {
  const models = form.getAll("model").map(String);
  const lang = LANGUAGES.find((one) => one === field("language"));
  const common = { models, ...(lang && { language: lang }) };
  const fileIn = async (name: string) => {
    const file = form.get(name);
    return file instanceof File ? { name: file.name, content: await textOf(file) } : "";
  };
  const number = (name: string) => (field(name) === "" ? undefined : Number(field(name)));
  const text = async () => (field("text") === FILE ? fileIn("text-file") : field("text"));
  const set = async () => {
    if (field("set") === FILE) return fileIn("set-file");
    if (field("set") !== CHATS) return field("set");
    const chats = form.getAll("chat").map(String);
    const wanted = { chats, lang: lang ?? language(), answers: form.has("chat-answers") };
    return { name: "own-chats.jsonl", content: await questionsOf(wanted) };
  };
  const asked = async () => ({
    ...{ set: await set(), sample: number("sample"), maxTokens: number("tokens") },
    temperature: number("temperature"),
    ...(field("system").trim() && { system: field("system").trim() }),
  });
  const make: { readonly [K in Kind]: () => Promise<NewRunBody> } = {
    perplexity: async () => ({
      ...{ kind: "perplexity", ...common, text: await text(), windows: number("windows") },
      protocol: PROTOCOLS.find((one) => one === field("protocol")) ?? PROTOCOLS[0],
    }),
    speed: async () => ({ kind: "speed", ...common, text: await text() }),
    length: async () => ({ kind: "length", ...common, text: await text() }),
    bias: async () => ({ kind: "bias", ...common }),
    ask: async () => ({ kind: "ask", ...common, ...(await asked()) }),
    robust: async () => ({ kind: "robust", ...common, ...(await asked()) }),
  };
  return Promise.all(kinds.map((kind) => make[kind]()));
}
