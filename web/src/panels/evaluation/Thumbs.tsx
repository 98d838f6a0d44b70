/** Thumbs up and down under an answer: a click says it, another takes it back. */
import { useEffect } from "react";
import type { ThumbsReply } from "../../../../src/features/evaluation/people/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import type { Slots } from "../../room.ts";
import { Icon } from "../../ui/icons.tsx";
import { getJson, sendJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";
import { t } from "./thumbs-words.ts";
import "./evaluation.css";

type Thumb = ThumbsReply["items"][number]["thumb"];

/** Of the chat whose thumbs were read last, by message. */
const store = createStore<{ chat: string | null; thumbs: Readonly<Record<string, Thumb>> }>({
  ...{ chat: null, thumbs: {} },
});

const ICONS = {
  up: "M6.5 9l3-6a1.8 1.8 0 0 1 1.8 2.2L10.8 8h4.4a1.5 1.5 0 0 1 1.5 1.8l-1 5a1.5 1.5 0 0 1-1.5 1.2H6.5ZM6.5 9v7H4.3A1.3 1.3 0 0 1 3 14.7v-4.4A1.3 1.3 0 0 1 4.3 9Z",
  down: "M13.5 11l-3 6a1.8 1.8 0 0 1-1.8-2.2l.5-2.8H4.8a1.5 1.5 0 0 1-1.5-1.8l1-5A1.5 1.5 0 0 1 5.8 4h7.7ZM13.5 11V4h2.2A1.3 1.3 0 0 1 17 5.3v4.4a1.3 1.3 0 0 1-1.3 1.3Z",
} as const;

async function read(chat: string): Promise<void> {
  if (store.get().chat === chat) return;
  store.set({ chat, thumbs: {} });
  const path = `/api/thumbs?conversation=${encodeURIComponent(chat)}`;
  // Without them the buttons are there all the same.
  const reply = await getJson<ThumbsReply>(path).catch(() => null);
  if (!reply || store.get().chat !== chat) return;
  const thumbs = Object.fromEntries(reply.items.map(({ message, thumb }) => [message, thumb]));
  store.set({ thumbs: { ...thumbs, ...store.get().thumbs } });
}

export function Thumbs({ message }: Slots["Byline"]) {
  useLanguage();
  const [chat, temporary] = [
    useDesk(({ chatId }) => chatId),
    useDesk(({ temporary }) => temporary),
  ];
  const chosen = store.use(({ thumbs }) => thumbs[message.id]);
  useEffect(() => {
    if (chat && !temporary) void read(chat);
  }, [chat, temporary]);
  if (!chat || temporary || message.status === "running") return null;
  const say = (thumb: Thumb) => {
    const next = chosen === thumb ? null : thumb;
    void desk.attempt(async () => {
      await sendJson("PUT", `/api/thumbs/${message.id}`, { conversation: chat, thumb: next });
      const { [message.id]: _before, ...others } = store.get().thumbs;
      store.set({ thumbs: next ? { ...others, [message.id]: next } : others });
    });
  };
  return (
    <span className="thumbs">
      {(["up", "down"] as const).map((thumb) => (
        <button
          key={thumb}
          type="button"
          className="icon-button"
          aria-label={t(`thumb.${thumb}`)}
          aria-pressed={chosen === thumb}
          onClick={() => say(thumb)}
        >
          <Icon name={ICONS[thumb]} />
        </button>
      ))}
    </span>
  );
}
