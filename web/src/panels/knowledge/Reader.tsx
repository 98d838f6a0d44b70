/** A file as text, over the page: the passage that an answer cites is marked in it. */
import { useEffect, useRef } from "react";
import { placeInWords } from "../../../../src/features/knowledge/places.ts";
import { language, useLanguage } from "../../chat/language.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { IconButton } from "../../ui/IconButton.tsx";
import { Icon } from "../../ui/icons.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { close, type Reading, read, reading, turnTo } from "./reading.ts";
import { t } from "./words.ts";
import "./knowledge.css";

export default function Reader() {
  useLanguage();
  const now = reading.use((state) => state.now);
  return now && <Read now={now} />;
}

function Read({ now }: { readonly now: Reading }) {
  const { name, section, cited, all, problem, file } = now;
  const gone = problem?.code === "file_not_found";
  const where = section ? placeInWords(section.place, language()) : "";
  return (
    <Dialog title={name} onClose={close}>
      <div className="reader">
        {all.length > 1 && (
          <div className="reader-passages">
            {all.map((one) => (
              <button
                key={one.n}
                type="button"
                className="mark"
                aria-label={t("reader.passage", { n: one.n })}
                aria-current={one.n === cited?.n || undefined}
                onClick={() => void read(one, all)}
              >
                {one.n}
              </button>
            ))}
          </div>
        )}
        {gone ? (
          <p className="note warn">
            <Icon name="warn" />
            <span>{t("reader.gone")}</span>
          </p>
        ) : (
          problem && (
            <div role="alert" className="problem">
              <ProblemText problem={problem} />
            </div>
          )
        )}
        {gone && <blockquote dir="auto">{cited?.quote ?? ""}</blockquote>}
        {section && (
          <>
            <div className="reader-head">
              <IconButton
                icon="left"
                label={t("reader.previous")}
                disabled={section.at === 0}
                onClick={() => void turnTo(section.at - 1)}
              />
              <p>
                <strong dir="auto">{where || name}</strong>
                <span className="hint">
                  {t("reader.place", { at: section.at + 1, of: section.of })}
                </span>
              </p>
              <IconButton
                icon="right"
                label={t("reader.next")}
                disabled={section.at + 1 >= section.of}
                onClick={() => void turnTo(section.at + 1)}
              />
              <a
                className="icon-button"
                href={`/api/files/${file}/content`}
                download={name}
                aria-label={t("file.download", { name })}
                title={t("file.download", { name })}
              >
                <Icon name="download" />
              </a>
            </div>
            <Text key={`${section.at} ${cited?.n}`} now={now} />
          </>
        )}
      </div>
    </Dialog>
  );
}

function Text({ now: { section, cited } }: { readonly now: Reading }) {
  const mark = useRef<HTMLElement>(null);
  useEffect(() => {
    // Newer browsers give a promise, which is no clean-up.
    void mark.current?.scrollIntoView({ block: "center" });
  }, []);
  const text = section?.text ?? "";
  const here = cited !== null && cited.section === section?.at;
  const [from, to] = here ? [cited.from, cited.to] : [0, 0];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it
    <div className="reader-text" dir="auto" tabIndex={0}>
      {text.slice(0, from)}
      {to > from && <mark ref={mark}>{text.slice(from, to)}</mark>}
      {text.slice(to)}
    </div>
  );
}
