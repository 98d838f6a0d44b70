/** Above the composer: which assistant the chat is with, and the prompts that a slash finds. */
import { useEffect } from "react";
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { Face } from "./Face.tsx";
import { PromptMenu } from "./PromptMenu.tsx";
import { asksFirst, load, settingsOf, store, toolsOf } from "./store.ts";
import { t } from "./words.ts";
import "./assistants.css";

export default function Above() {
  useLanguage();
  const slash = useDesk(({ draft }) => draft.startsWith("/"));
  return (
    <>
      <With />
      {slash && <PromptMenu />}
    </>
  );
}

function With() {
  const chosen = useDesk(({ settings }) => settings.assistant);
  const list = store.use((state) => state.list);
  useEffect(() => {
    // What is new about it is told at the next look.
    if (!store.get().list) load().catch(() => {});
  }, []);
  if (!chosen) return null;
  const now = list?.items.find(({ id }) => id === chosen.id);
  const newer = now && now.version > chosen.version ? now : undefined;
  // What it may use was allowed in this chat, and nothing more is by itself.
  const allowed = desk.settings.tools ?? [];
  const tools =
    newer && asksFirst(newer) ? toolsOf(newer).filter((one) => allowed.includes(one)) : undefined;
  return (
    <p className="with-assistant">
      <Face icon={chosen.icon} name={chosen.name} />
      <span dir="auto">{chosen.name}</span>
      <span className="hint">{t("with.version", { n: chosen.version })}</span>
      {newer && (
        <button
          type="button"
          className="quiet"
          onClick={() => void desk.saveSettings(settingsOf(newer, tools ?? toolsOf(newer)))}
        >
          {t("with.newer", { n: newer.version })}
        </button>
      )}
    </p>
  );
}
