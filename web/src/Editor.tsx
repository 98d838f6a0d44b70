/**
 * A message while it is edited. A question is asked anew; of an answer, what the reader makes of it
 * is kept beside it. Nothing is overwritten.
 */
import type { KeyboardEvent } from "react";
import { t } from "./chat/language.ts";
import type { ChatMessage } from "./chats/api.ts";
import { resend } from "./chats/ask.ts";
import { saveVersion } from "./chats/messages.ts";
import * as chats from "./chats/store.ts";
import { keyName } from "./keyboard.ts";
import { isTouch } from "./ui/useWide.ts";

export function Editor({ message }: { readonly message: ChatMessage }) {
  const text = chats.store.use((state) => chats.editOf(state)?.text ?? "");
  const busy = chats.store.use(chats.isBusy);
  const answer = message.role === "assistant";
  const ready = !busy && text.trim() !== "";
  const save = () => {
    if (ready) void (answer ? saveVersion(message, text) : resend(message, text));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      chats.edit(null);
    }
    // Safari ends a composition with an Enter that only this old code tells apart.
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || composing) return;
    // An answer has many lines.
    if (answer ? !(event.ctrlKey || event.metaKey) : event.shiftKey) return;
    event.preventDefault();
    save();
  };
  return (
    <form className="editor" action={save}>
      <textarea
        value={text}
        dir="auto"
        aria-label={t(answer ? "edit.answer" : "edit.label")}
        // biome-ignore lint/a11y/noAutofocus: the reader has just asked to type here
        autoFocus
        onFocus={({ target }) => target.setSelectionRange(text.length, text.length)}
        rows={Math.min(answer ? 24 : 12, rowsOf(text))}
        onChange={({ target }) => chats.edit({ id: message.id, text: target.value })}
        onKeyDown={onKeyDown}
      />
      <div className="editor-foot">
        <p className="hint">
          {t(answer ? "edit.answer.hint" : "edit.hint")}
          {answer && !isTouch() && ` ${t("edit.answer.key", { key: keyName("Ctrl") })}`}
        </p>
        <button type="button" className="quiet" onClick={() => chats.edit(null)}>
          {t("cancel")}
        </button>
        <button type="submit" className="primary" disabled={!ready}>
          {t(answer ? "save" : "composer.send")}
        </button>
      </div>
    </form>
  );
}

/** Characters that fit into a line, about. */
const LINE = 80;

const rowsOf = (text: string) =>
  text.split("\n").reduce((rows, line) => rows + Math.ceil((line.length + 1) / LINE), 1);
