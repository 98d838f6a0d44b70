/** The reader's secret, and proofs that one of the answers in the log is theirs. */
import { useEffect, useRef, useState } from "react";
import type { Statement } from "../../../../src/features/provenance/membership/statement.ts";
import { language, useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field, Form } from "../../ui/Form.tsx";
import { formatNumber } from "../../ui/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { Section } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { prove } from "./proving.ts";
import { copyOf, forgetSecret, makeSecret, type Secret, secret, takeCopy } from "./secret.ts";
import "./membership.css";
import { t } from "./words.ts";

interface Status {
  readonly leaves: number;
  readonly least: number;
  readonly ready: boolean;
}

export default function MembershipPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const [own, setOwn] = useState(secret);
  const { reply, problem } = useList<Status>("/api/provenance/membership");
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="lead">{t("membership.lead")}</p>
      <Own own={own} onChange={() => setOwn(secret())} />
      <Section title={t("prove.title")} problem={problem}>
        {reply && <Proving status={reply} own={own} />}
      </Section>
      <details className="membership-limits">
        <summary>{t("membership.limits")}</summary>
        <ul>
          {(["people", "page", "once", "erased"] as const).map((one) => (
            <li key={one}>{t(`membership.limits.${one}`)}</li>
          ))}
        </ul>
      </details>
    </Dialog>
  );
}

function Own({ own, onChange }: { readonly own: Secret | null; onChange(): void }) {
  const [sure, setSure] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const attempt = async (work: () => unknown) => {
    setProblem(null);
    setSure(false);
    try {
      await work();
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
    onChange();
  };
  if (!own) {
    return (
      <Section title={t("secret.title")} lead={t("secret.none")} problem={problem}>
        <div className="buttons membership-row">
          <label className="secondary membership-file">
            {t("secret.take")}
            <input
              type="file"
              accept="application/json,.json"
              onChange={({ target }) => {
                const [file] = target.files ?? [];
                if (file) void attempt(async () => takeCopy(await file.text()));
                target.value = "";
              }}
            />
          </label>
          <button type="button" className="primary" onClick={() => void attempt(makeSecret)}>
            {t("secret.make")}
          </button>
        </div>
      </Section>
    );
  }
  const n = formatNumber(own.count, language());
  return (
    <Section title={t("secret.title")} lead={t("secret.is", { n })} problem={problem}>
      <p className="hint">{t("secret.lost")}</p>
      <div className="buttons membership-row">
        {sure ? (
          <>
            <p role="alert">{t("secret.sure")}</p>
            <button type="button" className="secondary" onClick={() => setSure(false)}>
              {t("cancel")}
            </button>
            <button
              type="button"
              className="primary danger"
              onClick={() => void attempt(forgetSecret)}
            >
              {t("secret.delete")}
            </button>
          </>
        ) : (
          <>
            <button type="button" className="secondary" onClick={() => setSure(true)}>
              <Icon name="trash" />
              {t("secret.delete")}
            </button>
            <button
              type="button"
              className="secondary"
              onClick={() => save("charla-secret.json", copyOf(own))}
            >
              <Icon name="download" />
              {t("secret.save")}
            </button>
          </>
        )}
      </div>
    </Section>
  );
}

function Proving({ status, own }: { readonly status: Status; readonly own: Secret | null }) {
  const { leaves, least, ready } = status;
  /** Undefined while the parts come, null while nothing is made. */
  const [share, setShare] = useState<number | undefined | null>(null);
  const [made, setMade] = useState<string | null>(null);
  /** Of a proof that was stopped. */
  const [kept, setKept] = useState<Statement | null>(null);
  const result = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (made !== null) result.current?.scrollIntoView({ block: "nearest" });
  }, [made]);
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);
  const numbers = {
    leaves: formatNumber(leaves, language()),
    least: formatNumber(least, language()),
  };
  if (!ready) return <p className="hint">{t("prove.notReady")}</p>;
  if (leaves < least) return <p className="hint">{t("prove.small", numbers)}</p>;
  if (!own) return <p className="hint">{t("prove.noSecret")}</p>;
  const make = async (field: (name: string) => string) => {
    const controller = new AbortController();
    running.current = controller;
    setMade(null);
    const [scope, challenge, claim] = ["scope", "challenge", "claim"].map((name) =>
      field(name).trim(),
    ) as [string, string, string];
    const statement = { scope, challenge, claim };
    setKept(null);
    try {
      const file = await prove(own, statement, setShare, controller.signal);
      save("charla-proof.json", `${JSON.stringify(file, null, 2)}\n`);
      setMade(file.semaphore.nullifier);
    } catch (thrown) {
      if (!controller.signal.aborted) throw thrown;
      setKept(statement);
    } finally {
      setShare(null);
    }
  };
  return (
    <>
      <p className="hint">{t("prove.lead", numbers)}</p>
      <Form
        submit={t("prove.make")}
        kind="main"
        action={make}
        beside={
          share !== null && (
            <button
              type="button"
              className="secondary"
              onClick={() => running.current?.abort(new DOMException("stopped", "AbortError"))}
            >
              {t("prove.stop")}
            </button>
          )
        }
      >
        <Field
          name="scope"
          label={t("prove.scope")}
          hint={t("prove.scope.hint")}
          defaultValue={kept?.scope ?? ""}
        />
        <Field
          name="challenge"
          label={t("prove.challenge")}
          hint={t("prove.challenge.hint")}
          defaultValue={kept?.challenge ?? ""}
        />
        <Field
          name="claim"
          label={t("prove.claim")}
          hint={t("prove.claim.hint")}
          defaultValue={kept?.claim ?? ""}
          optional
        />
        {share !== null && (
          <>
            <Progress value={share} label={t("prove.busy")} />
            <p role="status" className="hint">
              {share === undefined ? t("prove.fetching") : t("prove.busy")}
            </p>
          </>
        )}
      </Form>
      <div role="status" ref={result}>
        {made !== null && (
          <>
            <p>{t("prove.made")}</p>
            <p className="hint membership-number">{t("prove.nullifier", { nullifier: made })}</p>
          </>
        )}
      </div>
    </>
  );
}

function save(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
