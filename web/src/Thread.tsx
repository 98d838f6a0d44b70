/** The messages of the open chat, or the welcome while there is none. */
import { memo, type RefObject } from "react";
import type { useFollow } from "./chat/follow.ts";
import { t, useLanguage } from "./chat/language.ts";
import { MessageList } from "./chat/MessageList.tsx";
import type { ChatMessage } from "./panels/conversations/api.ts";
import * as drafts from "./panels/conversations/drafts.ts";
import { MemoryMark, MessageFoot, MessageText } from "./panels/conversations/parts.tsx";
import * as chats from "./panels/conversations/store.ts";
import { Details } from "./panels/details/Details.tsx";
import { GuardNotice } from "./panels/details/GuardNotice.tsx";
import { Welcome } from "./panels/help/Welcome.tsx";
import { Markdown } from "./panels/markdown/Markdown.tsx";
import { ModelLoading } from "./panels/models/ModelLoading.tsx";
import { useModelName } from "./panels/models/store.ts";
import { useBook } from "./panels/personal-data/store.ts";
import * as status from "./panels/status/store.ts";

interface Props {
  readonly follow: ReturnType<typeof useFollow>;
  readonly composer: RefObject<HTMLTextAreaElement | null>;
  readonly onModels: (() => void) | null;
}

const Row = memo(({ message }: { message: ChatMessage }) => {
  useLanguage();
  return (
    <>
      <MemoryMark message={message} />
      <MessageText message={message} Markdown={Markdown} />
      {message.details?.guard && <GuardNotice guard={message.details.guard} />}
      <MessageFoot message={message} Details={Details} />
    </>
  );
});

export function Thread({ follow, composer, onModels }: Props) {
  useLanguage();
  const state = chats.store.use((state) => state);
  const { chat, openId, newSettings } = state;
  const asked = state.asked[openId ?? chats.NEW] !== undefined;
  const model = status.store.use(({ status }) => status?.model ?? null);
  const name = useModelName(model);
  // Otherwise the banner says how far it is.
  const ready = status.store.use(({ status }) => status?.state === "ready");
  const messages = chats.branchOf(state);
  useBook(
    openId,
    messages.map(({ content }) => content),
  );
  return (
    <main
      className="scroller"
      // The welcome is read from its beginning; there is no end to follow.
      ref={messages.length === 0 ? undefined : follow.attach}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it
      tabIndex={0}
      aria-label={t("chat.label")}
    >
      <div className="column">
        {messages.length === 0 && (openId === null || chat !== null) && (
          <Welcome
            model={name}
            starter={/^smollm2-135m/i.test(model ?? "")}
            onModels={onModels}
            onPick={(text) => {
              drafts.saveDraft(openId, text);
              composer.current?.focus();
            }}
          />
        )}
        <MessageList messages={messages} Row={Row} />
        {asked && ready && <ModelLoading id={(chat?.settings ?? newSettings).model} />}
      </div>
    </main>
  );
}
