/** Above the composer: the files for the next question, and the way in of what is dropped or pasted. */
import { language, useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { formatBytes } from "../../ui/format.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { Icon } from "../../ui/icons.tsx";
import { type Taker, useIncoming } from "../../ui/incoming.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { add, again, type Chip, chips, hasFailed, remove } from "./files.ts";
import { Shelves } from "./Shelves.tsx";
import { t } from "./words.ts";
import "./knowledge.css";

export const FILE = "M5 3.5h6l4 4v9H5ZM11 3.5v4h4M7.5 11h5M7.5 13.5h5";

const NONE: readonly Chip[] = [];
const NO_SHELVES: readonly string[] = [];

export default function Chips() {
  useLanguage();
  const chat = useDesk(({ chatId }) => chatId) ?? "";
  const temporary = useDesk((desk) => desk.temporary);
  const list = chips.use(({ byChat }) => byChat[chat]) ?? NONE;
  const held = chips.use((state) => state.held);
  const over = useIncoming(TAKER);
  const shelves = useDesk(({ settings }) => settings.collections) ?? NO_SHELVES;
  if (temporary || (list.length + shelves.length === 0 && !over)) return null;
  return (
    <section className="chips" aria-label={t("files.chips")}>
      {over && <p className="chips-drop">{t("file.dropHere")}</p>}
      <ul>
        {shelves.length > 0 && <Shelves ids={shelves} />}
        {list.map((chip) => (
          <One key={chip.key} chip={chip} />
        ))}
      </ul>
      {held && (
        <p className="hint" role="status">
          {t("file.held")}
        </p>
      )}
    </section>
  );
}

function One({ chip }: { readonly chip: Chip }) {
  const { key, name, size, sent, file, problem } = chip;
  const failed = hasFailed(chip);
  const error = problem ?? (file?.state === "failed" ? (file.error as typeof problem) : null);
  const reading = file?.state === "waiting" || file?.state === "reading";
  const far = file ? (file.total ? file.done / file.total : undefined) : sent / Math.max(1, size);
  return (
    <li className={failed ? "chip failed" : "chip"}>
      <Icon name={FILE} />
      <div className="chip-text">
        <span className="chip-name" dir="auto" title={name}>
          {name}
        </span>
        <span className="hint">{stateOf(chip)}</span>
        {!failed && (!file || reading) && <Progress value={far} label={name} />}
      </div>
      {failed && <IconButton icon="refresh" label={t("file.again")} onClick={() => again(key)} />}
      <IconButton icon="close" label={t("file.remove", { name })} onClick={() => remove(key)} />
      {error && (
        <div className="chip-problem" role="alert">
          <ProblemText problem={error} />
        </div>
      )}
    </li>
  );
}

export function stateOf(chip: Pick<Chip, "file" | "sent" | "size" | "problem">): string {
  const { file, sent, size, problem } = chip;
  const bytes = (count: number) => formatBytes(count, language());
  if (problem || file?.state === "failed") return t("file.state.failed");
  if (!file) return t("file.state.sending", { sent: bytes(sent), total: bytes(size) });
  if (file.state === "waiting") return t("file.state.waiting");
  if (file.state === "reading")
    return file.total
      ? t("file.state.reading", { done: file.done, total: file.total })
      : t("file.state.readingOnly");
  const pages = file.pages ? t("file.pages", { n: file.pages }) : "";
  return [bytes(size), pages, file.cut ? t("file.cut") : ""].filter(Boolean).join(" · ");
}

const TAKER: Taker = {
  order: 1,
  open: () => !desk.temporary,
  wants: () => true,
  take: add,
  closed: () => t("file.temporary"),
};
