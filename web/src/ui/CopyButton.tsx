/** Copies a text and says so for a moment, to the eye and to a screen reader. */
import { useEffect, useState } from "react";
import { t } from "../chat/language.ts";
import { Icon } from "./icons.tsx";

const SHOWN_MS = 2000;

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={label}
        title={label}
        onClick={async () => {
          await copyText(text);
          setCopied(true);
        }}
      >
        <Icon name={copied ? "check" : "copy"} />
      </button>
      <span role="status" className="sr-only">
        {copied && t("copied")}
      </span>
    </>
  );
}

/** The clipboard needs a secure context; on plain HTTP in a network a selection does the work. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}
