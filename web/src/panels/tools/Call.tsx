/** A call of a tool in an answer, folded, with what came of it. */
import { useState } from "react";
import type { PartOf } from "../../../../src/core/parts.ts";
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { useLanguage } from "../../chat/language.ts";
import type { PartProps } from "../../room.ts";
import { Icon } from "../../ui/icons.tsx";
import { Seen } from "../../ui/Seen.tsx";
import { indented, useName } from "./names.ts";
import { t } from "./words.ts";
import "./tools.css";

type Came = PartOf<"result"> | undefined;

export default function Call({ part, message }: PartProps<"call">) {
  useLanguage();
  const [open, setOpen] = useState(false);
  const name = useName(part.name);
  const result = resultOf(message, part.id);
  const state = stateOf(message, result);
  return (
    <details
      className="tool-call"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {state === "running" && <span className="pulse" aria-hidden="true" />}
        {state === "failed" && <Icon name="warn" />}
        <span>{t(`call.${state}`, { name })}</span>
        <Icon name="right" />
      </summary>
      {open && (
        <div className="tool-text">
          <Given text={part.arguments} />
          {result && <Answer result={result} />}
        </div>
      )}
    </details>
  );
}

const Given = ({ text }: { readonly text: string }) =>
  indented(text) !== "{}" && (
    <>
      <p>{t("call.arguments")}</p>
      <pre dir="auto">
        <Seen text={indented(text)} />
      </pre>
    </>
  );

export const Answer = ({ result }: { readonly result: PartOf<"result"> }) => (
  <>
    <p>{t("call.answer")}</p>
    {(result.labels ?? ["foreign"]).includes("foreign") && (
      <p className="tool-foreign">
        <Icon name="shield" />
        {t("call.foreign")}
      </p>
    )}
    <pre dir="auto">
      <Seen text={indented(result.text)} />
    </pre>
  </>
);

const resultOf = (message: ChatMessage | undefined, call: string): Came =>
  message?.parts?.flatMap((part) => (part.type === "result" && part.call === call ? part : []))[0];

function stateOf(message: ChatMessage | undefined, result: Came) {
  if (result?.refused) return "refused";
  if (result) return result.failed ? "failed" : "done";
  if (message?.status === "running") return "running";
  return message?.details?.agent?.ended === "approval" ? "waits" : "cut";
}
