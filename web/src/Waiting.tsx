/** In the place of an answer that has no text yet: what it waits for, and for how long. */
import { useEffect, useState } from "react";
import { queueWords, rough } from "../../src/locales/queue.ts";
import { language, t } from "./chat/language.ts";
import type { ChatMessage } from "./chats/api.ts";
import * as chats from "./chats/store.ts";
import { Icon } from "./ui/icons.tsx";

export function Waiting({ message: { id } }: { message: ChatMessage }) {
  const connected = chats.store.use((state) => state.connected);
  const place = chats.store.use(({ waiting }) => (waiting?.answerId === id ? waiting : null));
  const pause = chats.store.use((state) => chats.pauseOf(state, id));
  const seconds = useCountdown((pause ?? place)?.until);
  const said = pause
    ? t(pause.offline ? "answer.offline" : "answer.busy")
    : !connected
      ? t("answer.reconnecting")
      : place
        ? placeText(place.place)
        : t("answer.waiting");
  const inLine = pause === null && place?.place !== undefined;
  const waits = pause !== null || (connected && place !== null);
  return (
    <p className={waits ? "waiting held" : "waiting"} aria-live="polite">
      {waits ? <Icon name="warn" /> : <span className="pulse" aria-hidden="true" />}
      <span>
        {said}
        {waits && seconds !== undefined && (
          // What changes each second would be read out each second.
          <span role="timer" aria-live="off">
            {t(inLine ? "answer.about" : "answer.in", { time: rough(seconds) })}
          </span>
        )}
      </span>
    </p>
  );
}

const placeText = (place: number | undefined) =>
  place === undefined
    ? t("answer.busy")
    : t("answer.place", { place: queueWords({ place }, language()).place });

/** @param until in milliseconds since 1970 */
function useCountdown(until: number | undefined): number | undefined {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (until === undefined) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [until]);
  return until === undefined ? undefined : Math.max(0, (until - now) / 1000);
}
