/** Where the reader writes: Enter sends, Shift+Enter starts a new line, and the box grows. */
import { type ReactNode, type RefObject, useLayoutEffect, useRef } from "react";
import { SendIcon, StopIcon } from "./icons.tsx";
import { t, useLanguage } from "./language.ts";

interface Props {
  readonly value: string;
  readonly busy: boolean;
  readonly input?: RefObject<HTMLTextAreaElement | null>;
  readonly children?: ReactNode;
  onChange(value: string): void;
  onSend(): void;
  onStop(): void;
}

export function Composer({ value, busy, input, children, onChange, onSend, onStop }: Props) {
  useLanguage();
  const own = useRef<HTMLTextAreaElement>(null);
  const box = input ?? own;
  const empty = value.trim() === "";
  const send = () => {
    if (!busy && !empty) onSend();
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the value
  useLayoutEffect(() => {
    if (!box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight}px`;
  }, [box, value]);
  return (
    <form className="composer" action={send}>
      <textarea
        ref={box}
        rows={1}
        value={value}
        dir="auto"
        placeholder={t("composer.placeholder")}
        aria-label={t("composer.label")}
        enterKeyHint="send"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          // While an input method is composing, Enter chooses a character.
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      {children}
      {busy ? (
        <button type="button" className="send" onClick={onStop} aria-label={t("composer.stop")}>
          <StopIcon />
        </button>
      ) : (
        <button type="submit" className="send" disabled={empty} aria-label={t("composer.send")}>
          <SendIcon />
        </button>
      )}
    </form>
  );
}
