/** Tools to be ticked, each with what it does, reads and asks for. */
import type { ToolShown } from "../../../../src/features/tools/api.ts";
import { language } from "../../chat/language.ts";
import { t } from "./words.ts";

interface Props {
  readonly tools: readonly ToolShown[];
  /** Names. */
  readonly chosen: ReadonlySet<string>;
}

export const ToolChoice = ({ tools, chosen }: Props) => (
  <ul className="tool-list">
    {tools.map((tool) => (
      <li key={tool.name}>
        <label>
          <input
            type="checkbox"
            name="tool"
            value={tool.name}
            defaultChecked={chosen.has(tool.name)}
          />
          <span>
            <strong>{tool.label[language()]}</strong>
            <span>{tool.about[language()]}</span>
            <span className="tool-facts">{factsOf(tool).join(" · ")}</span>
          </span>
        </label>
      </li>
    ))}
  </ul>
);

function factsOf({ reads, sends, writes }: ToolShown): readonly string[] {
  const facts = [
    ...reads.map((label) => t(`panel.${label}`)),
    ...(sends ? [t("card.sends", { what: sends[language()] })] : []),
    ...(writes ? [t("card.writes", { what: writes[language()] })] : []),
    ...(sends || writes ? [t("panel.ask")] : []),
  ];
  return facts.length > 0 ? facts : [t("panel.reads")];
}
