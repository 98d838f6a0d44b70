/** A file that a question has brought along. */
import { language, useLanguage } from "../../chat/language.ts";
import type { PartProps } from "../../room.ts";
import { formatBytes } from "../../ui/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { FILE } from "./Chips.tsx";
import { readWhole } from "./reading.ts";
import { t } from "./words.ts";
import "./knowledge.css";

export default function Brought({ part, message }: PartProps<"file">) {
  useLanguage();
  const name = part.name ?? "";
  const inside = (
    <>
      <Icon name={FILE} />
      <span className="chip-name" dir="auto">
        {name}
      </span>
      <span className="hint">{formatBytes(part.bytes, language())}</span>
    </>
  );
  // Behind a link nobody has the file itself.
  if (!message) return <span className="chip brought">{inside}</span>;
  return (
    <button
      type="button"
      className="chip brought"
      title={t("file.open", { name })}
      onClick={() => void readWhole(part.digest)}
    >
      {inside}
    </button>
  );
}
