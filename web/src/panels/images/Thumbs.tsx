/** Above the composer: the images for the next question, and what this chat's model can do with them. */
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { Icon } from "../../ui/icons.tsx";
import { type Taker, useIncoming } from "../../ui/incoming.ts";
import { add, isImage, read, remove, type Shot, shots } from "./shots.ts";
import { isBlind, ways } from "./ways.ts";
import { t } from "./words.ts";
import "./images.css";

/** Before the room of files, which would look for text in them. */
const TAKER: Taker = {
  order: 0,
  open: () => !desk.temporary,
  wants: isImage,
  take: add,
  closed: () => t("images.temporary"),
};

const NONE: readonly Shot[] = [];

export default function Thumbs() {
  useLanguage();
  const over = useIncoming(TAKER);
  const chat = useDesk(({ chatId }) => chatId) ?? "";
  const temporary = useDesk((desk) => desk.temporary);
  const list = shots.use(({ byChat }) => byChat[chat]) ?? NONE;
  // The room of files says it for all.
  const alone = over && !desk.has("knowledge");
  if (temporary || (list.length === 0 && !alone)) return null;
  return (
    <section className="shots" aria-label={t("images.next")}>
      {alone && <p className="shots-drop">{t("images.dropHere")}</p>}
      <ul>
        {list.map((shot) => (
          <Thumb key={shot.key} shot={shot} />
        ))}
      </ul>
      {list.length > 0 && <Blind list={list} />}
    </section>
  );
}

function Thumb({ shot }: { readonly shot: Shot }) {
  const { key, name, drawn, alt, text, reading, problem } = shot;
  const state = reading ? t("text.reading") : text.trim() ? t("text.goes") : "";
  return (
    <li className={problem && !drawn ? "shot failed" : "shot"}>
      {drawn ? (
        <button
          type="button"
          className="shot-open"
          title={t("image.large", { name })}
          aria-label={t("image.large", { name })}
          onClick={() => shots.set({ look: key })}
        >
          <img src={drawn.url} alt={alt || name} />
        </button>
      ) : (
        <span className="shot-open">
          <Icon name={problem ? "warn" : "image"} />
        </span>
      )}
      <IconButton icon="close" label={t("image.remove", { name })} onClick={() => remove(key)} />
      {state && <span className="hint">{state}</span>}
      {problem && (
        <span className="hint bad" role="alert">
          {problem.message}
        </span>
      )}
    </li>
  );
}

/** What a model that does not see is to be given. */
function Blind({ list }: { readonly list: readonly Shot[] }) {
  const now = ways.use((state) => state.now);
  const model = useDesk(({ settings }) => settings.model);
  const unread = list.filter(({ text, drawn }) => drawn && text.trim() === "");
  if (!isBlind(now, model) || unread.length === 0) return null;
  return (
    <div className="note warn shots-note" role="status">
      <Icon name="warn" />
      <span>{t(now?.ocr === "ready" ? "blind.read" : `blind.${now?.ocr ?? "missing"}`)}</span>
      {now?.ocr === "ready" && (
        <button
          type="button"
          className="secondary"
          disabled={unread.some(({ reading }) => reading)}
          onClick={() => void readAll(unread)}
        >
          {t("text.read")}
        </button>
      )}
    </div>
  );
}

/** The first is shown, for its person to look through. */
async function readAll(list: readonly Shot[]): Promise<void> {
  shots.set({ look: list[0]?.key ?? null });
  for (const { key } of list) await read(key);
}
