/** Which tools an assistant may use: those that only read by themselves, others with a click each time. */
import type { Settings } from "../../../../src/features/conversations/api.ts";
import type { ToolList } from "../../../../src/features/tools/api.ts";
import { useLanguage } from "../../chat/language.ts";
import type { Setting } from "../../room.ts";
import { useList } from "../../ui/useList.ts";
import { ToolChoice } from "./ToolChoice.tsx";
import { t } from "./words.ts";
import "./tools.css";

function ToolsField({ settings }: { readonly settings: Settings }) {
  useLanguage();
  const { reply } = useList<ToolList>("/api/tools");
  const chosen = settings.tools ?? [];
  if (!reply) return null;
  // What is not here stays chosen, for where it is.
  const gone = chosen.filter((name) => !reply.items.some((tool) => tool.name === name));
  return (
    <details className="more-of" open={chosen.length > 0}>
      <summary>{t("field.title")}</summary>
      <p className="hint">{t("panel.lead")}</p>
      <ToolChoice tools={reply.items} chosen={new Set(chosen)} />
      {gone.map((name) => (
        <input key={name} type="hidden" name="tool" value={name} />
      ))}
    </details>
  );
}

export const setting: Setting = {
  Field: ToolsField,
  apart: ["tools"],
  read(form) {
    const tools = form.getAll("tool").map(String);
    return tools.length > 0 ? { tools } : {};
  },
};
