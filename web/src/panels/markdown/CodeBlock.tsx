/** A fence of code: its language, buttons for what one does with it, and colours once it is whole. */
import { useEffect, useState } from "react";
import { useIsCodeFenceIncomplete } from "streamdown";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { IconButton } from "../../ui/IconButton.tsx";
import { withTurningShown } from "./direction.ts";
import { saveCode } from "./download.ts";
import type { Line } from "./highlight.ts";
import { t } from "./words.ts";

/** A line that a phone, or a narrow window, has to cut. */
const LONG = /^.{44}/m;

export function CodeBlock({ text, language }: { text: string; language: string }) {
  const incomplete = useIsCodeFenceIncomplete();
  const [wrapped, setWrapped] = useState(false);
  const shown = withTurningShown(text);
  const [lines, setLines] = useState<readonly Line[] | null>(null);
  useEffect(() => {
    if (incomplete) return;
    let wanted = true;
    // A part of its own: most answers have no code.
    import("./highlight.ts")
      .then(({ highlight }) => highlight(shown, language))
      .then((result) => wanted && setLines(result), console.error);
    return () => {
      wanted = false;
    };
  }, [shown, language, incomplete]);
  return (
    <figure className="code" dir="ltr">
      <figcaption>
        <span>{language || t("code")}</span>
        <span className="code-actions">
          {LONG.test(text) && (
            <IconButton
              icon="wrap"
              label={t("code.wrap")}
              aria-pressed={wrapped}
              onClick={() => setWrapped(!wrapped)}
            />
          )}
          {!incomplete && (
            <IconButton
              icon="download"
              label={t("code.download")}
              onClick={() => saveCode(text, language)}
            />
          )}
          <CopyButton text={text} label={t("code.copy")} />
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it */}
      <pre tabIndex={0} className={wrapped ? "wrapped" : undefined}>
        <code>{lines ? lines.map(renderLine) : shown}</code>
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
