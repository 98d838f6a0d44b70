/** A fence of code: its language, a button to copy it, and colours once it is complete. */
import { useEffect, useState } from "react";
import { useIsCodeFenceIncomplete } from "streamdown";
import { t } from "../../chat/language.ts";
import { CopyButton } from "../../ui/CopyButton.tsx";
import type { Line } from "./highlight.ts";

export function CodeBlock({ text, language }: { text: string; language: string }) {
  const incomplete = useIsCodeFenceIncomplete();
  const [lines, setLines] = useState<readonly Line[] | null>(null);
  useEffect(() => {
    if (incomplete) return;
    let wanted = true;
    // A part of its own: most answers have no code.
    import("./highlight.ts")
      .then(({ highlight }) => highlight(text, language))
      .then((result) => wanted && setLines(result), console.error);
    return () => {
      wanted = false;
    };
  }, [text, language, incomplete]);
  return (
    <figure className="code" dir="ltr">
      <figcaption>
        <span>{language || t("code")}</span>
        <CopyButton text={text} label={t("code.copy")} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it */}
      <pre tabIndex={0}>
        <code>{lines ? lines.map(renderLine) : text}</code>
      </pre>
    </figure>
  );
}

function renderLine(line: Line, index: number) {
  const words = line.map(({ content, kind }, at) => {
    if (!kind) return content;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: words and lines are told apart by their place
      <span key={at} className={`code-${kind}`}>
        {content}
      </span>
    );
  });
  return (
    <span key={index}>
      {words}
      {"\n"}
    </span>
  );
}
