/** The messages of the open chat, or the welcome while there is none. */

import { Blocks } from "./Blocks.tsx";
import type { useFollow } from "./chat/follow.ts";
import { t, useLanguage } from "./chat/language.ts";
import * as chats from "./chats/store.ts";
import { useDesk } from "./desk.ts";
import { Earlier } from "./Earlier.tsx";
import { FoundMark } from "./FoundMark.tsx";
import { Slot } from "./slots.tsx";

interface Props {
  readonly follow: ReturnType<typeof useFollow>;
  /** Whether there is nothing to read yet. */
  readonly empty: boolean;
}

export function Thread({ follow, empty }: Props) {
  useLanguage();
  const messages = useDesk(({ branch }) => branch);
  const missing = useDesk(
    ({ chatId, chat, server }) => chatId !== null && chat === null && server?.reachable === false,
  );
  const earlier = useDesk(({ chat }) => chat?.earlier ?? 0);
  const wanted = chats.store.use(({ hit }) => hit?.id);
  const chatId = useDesk((desk) => desk.chatId);
  const asking = useDesk((desk) => desk.asking);
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
        {empty && (
          <div className="welcome-page">
            <Slot name="Welcome" />
          </div>
        )}
        {missing && <p className="note">{t("chat.missing")}</p>}
        {earlier > 0 && <Earlier messages={earlier} leave={follow.leave} />}
        <Blocks key={chatId} {...{ messages, earlier, wanted }} />
        <FoundMark leave={follow.leave} />
        {asking && <Slot name="Asking" />}
      </div>
    </main>
  );
}
