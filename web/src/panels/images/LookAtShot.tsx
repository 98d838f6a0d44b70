/** An image that will go along: as it goes, what it shows in words, and the text that was read from it. */
import { useId } from "react";
import { Dialog } from "../../ui/Dialog.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Section } from "../../ui/Section.tsx";
import { Large } from "./Large.tsx";
import { change, read, type Shot, shots } from "./shots.ts";
import { ways } from "./ways.ts";
import { t } from "./words.ts";

export function LookAtShot({ shot }: { readonly shot: Shot }) {
  const { key, name, drawn, alt, text, found, reading, problem } = shot;
  const ocr = ways.use(({ now }) => now?.ocr);
  const [altId, textId] = [useId(), useId()];
  const close = () => shots.set({ look: null });
  return (
    <Dialog title={name} onClose={close}>
      {drawn && <Large url={drawn.url} alt={alt || name} found={found} />}
      {drawn && <p className="hint">{t("image.stripped", sizeOf(shot))}</p>}
      <Section title={t("text.title")} lead={t("text.lead")}>
        {ocr === "ready" || found ? (
          <div className="buttons">
            <button
              type="button"
              className="secondary"
              disabled={reading}
              onClick={() => void read(key)}
            >
              {t(reading ? "text.reading" : found ? "text.again" : "text.read")}
            </button>
          </div>
        ) : (
          ocr && <p className="note">{t(`ocr.${ocr}`)}</p>
        )}
        {problem && (
          <div role="alert" className="problem">
            <ProblemText problem={problem} />
          </div>
        )}
        <p className="sr-only" role="status">
          {reading ? t("text.reading") : found ? t("text.found", { n: found.lines.length }) : ""}
        </p>
        {found && (
          <div className="field">
            <label htmlFor={textId}>{t("text.found", { n: found.lines.length })}</label>
            <textarea
              id={textId}
              className="read-text"
              dir="auto"
              rows={10}
              value={text}
              maxLength={100_000}
              aria-describedby={`${textId}-hint`}
              onChange={({ target }) => change(key, { text: target.value })}
            />
            <p className="hint" id={`${textId}-hint`}>
              {t(found.lines.length === 0 ? "text.none" : "text.check")}
            </p>
          </div>
        )}
      </Section>
      <div className="field look-alt">
        <label htmlFor={altId}>{t("image.alt")}</label>
        <input
          id={altId}
          value={alt}
          maxLength={1000}
          aria-describedby={`${altId}-hint`}
          onChange={({ target }) => change(key, { alt: target.value })}
        />
        <p className="hint" id={`${altId}-hint`}>
          {t("image.alt.hint")}
        </p>
      </div>
      <div className="buttons look-done">
        <button type="button" className="primary" onClick={close}>
          {t("image.done")}
        </button>
      </div>
    </Dialog>
  );
}

const sizeOf = ({ drawn }: Shot) => ({
  width: drawn?.width ?? 0,
  height: drawn?.height ?? 0,
  size: Math.ceil((drawn?.blob.size ?? 0) / 1000),
});
