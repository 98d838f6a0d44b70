/** An image of a chat: large, to be saved, and its text. */
import { useEffect, useState } from "react";
import type { Recognised } from "../../../../src/features/images/api.ts";
import { type Problem, request, toProblem } from "../../chat/problem.ts";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Section } from "../../ui/Section.tsx";
import { Large } from "./Large.tsx";
import { type Kept, shots } from "./shots.ts";
import { askWays, readText, ways } from "./ways.ts";
import { t } from "./words.ts";

export function LookAtKept({ image }: { readonly image: Kept }) {
  const { digest, name, alt } = image;
  const url = `/api/images/${digest}`;
  const ocr = ways.use(({ now }) => now?.ocr);
  const [found, setFound] = useState<Recognised | null>(null);
  const [reading, setReading] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => void askWays(), []);
  const text = found?.text ?? image.text;
  const read = async () => {
    setReading(true);
    setProblem(null);
    try {
      const { signal } = new AbortController();
      setFound(await readText(await (await request(url)).blob(), signal));
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
    setReading(false);
  };
  return (
    <Dialog title={name || t("image")} onClose={() => shots.set({ look: null })}>
      <Large url={url} alt={alt || name || t("image")} found={found} />
      {alt && <p dir="auto">{alt}</p>}
      <div className="buttons look-done">
        {ocr === "ready" && (
          <button type="button" className="quiet" disabled={reading} onClick={() => void read()}>
            {t(reading ? "text.reading" : "text.read")}
          </button>
        )}
        <a className="secondary" href={url} download={name || "image"}>
          <Icon name="download" />
          {t("image.download")}
        </a>
      </div>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {(text || found) && (
        <Section title={t("text.title")}>
          <div className="once">
            <div className="once-text">
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it */}
              <p className="kept-text" dir="auto" tabIndex={0}>
                {text || t("text.none")}
              </p>
              {text && <CopyButton text={text} label={t("copy")} />}
            </div>
          </div>
        </Section>
      )}
    </Dialog>
  );
}
