/** Copies a text and says so for a moment, to the eye and to a screen reader. */
import { useEffect, useState } from "react";
import { t } from "../chat/language.ts";
import { IconButton } from "./IconButton.tsx";
import { showToast } from "./toast.tsx";

const SHOWN_MS = 2000;

interface Props {
  readonly text: string;
  readonly label: string;
}

export function CopyButton({ text, label }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <IconButton
        icon={copied ? "check" : "copy"}
        label={label}
        onClick={async () => setCopied(await copyText(text))}
      />
      <span role="status" className="sr-only">
        {copied && t("copied")}
      </span>
    </>
  );
}

/** False, and a word to the reader, when the browser does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    showToast({ text: t("copy.refused") });
    return false;
  }
}
