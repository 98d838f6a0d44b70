/**
 * Where the reader writes: Enter sends, Shift+Enter starts a new line, and the box grows. Where fingers
 * type there is no Shift+Enter, so Enter starts a new line, and the button sends.
 */
import type { KeyboardEvent, PropsWithChildren, Ref } from "react";
import { t, useLanguage } from "./language.ts";

const touch = matchMedia("(pointer: coarse)");

/** Children stand before the text. */
interface Props extends PropsWithChildren {
  readonly value: string;
  /** Whether an answer is under way, which can be stopped. */
  readonly busy: boolean;
  readonly input?: Ref<HTMLTextAreaElement>;
  onChange(value: string): void;
  onSend(): void;
  onStop(): void;
}

export function Composer({ value, busy, input, children, onChange, onSend, onStop }: Props) {
  useLanguage();
  const sendable = !busy && value.trim() !== "";
  function onKeyDown(event: KeyboardEvent) {
    // While an input method is composing, Enter chooses a character; Safari only says 229 then.
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing || touch.matches) return;
    event.preventDefault();
    if (sendable) onSend();
  }
  return (
    <div className="composer" data-value={value}>
      {children}
      <textarea
        ref={input}
        rows={1}
        enterKeyHint={touch.matches ? "enter" : "send"}
        value={value}
        placeholder={t("composer.placeholder")}
        aria-label={t("composer.label")}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button
        type="button"
        className={busy ? "send stop" : "send"}
        disabled={!busy && !sendable}
        onClick={busy ? onStop : onSend}
        aria-label={t(busy ? "composer.stop" : "composer.send")}
      />
    </div>
  );
}
