/** Above the oldest message that is here: how many there are before it, and the ways to them. */
import { useEffect, useRef, useState } from "react";
import { language, t, useLanguage } from "./chat/language.ts";
import { loadEarlier, loadTo } from "./chats/open.ts";
import { attempt } from "./chats/store.ts";
import { formatNumber } from "./ui/format.ts";
import { Icon } from "./ui/icons.tsx";

/** Pixels before it is seen at which the next are asked for. */
const AHEAD = 3000;

interface Props {
  readonly messages: number;
  /** Ends the following of what is written. */
  leave(): void;
}

export function Earlier({ messages, leave }: Props) {
  useLanguage();
  const bar = useRef<HTMLDivElement>(null);
  const [far, setFar] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at again when some have come
  useEffect(() => {
    const { current } = bar;
    if (!current) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) void attempt(() => loadEarlier());
      },
      { root: current.closest(".scroller"), rootMargin: `${AHEAD}px 0px` },
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, [messages]);

  const toBeginning = async () => {
    const scroller = bar.current?.closest(".scroller");
    setFar(true);
    await attempt(() => loadTo(null));
    setFar(false);
    leave();
    scroller?.scrollTo({ top: 0 });
    // The button has gone with what it led over.
    (scroller as HTMLElement | null)?.focus();
  };
  return (
    <div ref={bar} className="earlier">
      <span>{t("chat.earlier", { n: formatNumber(messages, language()) })}</span>
      <button type="button" className="secondary" disabled={far} onClick={() => void toBeginning()}>
        <Icon name="up" />
        {t(far ? "chat.toBeginning.loading" : "chat.toBeginning")}
      </button>
    </div>
  );
}
