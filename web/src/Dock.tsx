/** The foot of a chat: what went wrong, the composer with its draft, and the spoken announcements. */
import { type RefObject, useEffect } from "react";
import { Composer } from "./chat/Composer.tsx";
import type { useFollow } from "./chat/follow.ts";
import { t, useLanguage } from "./chat/language.ts";
import { send, stop } from "./chats/ask.ts";
import { saveDraft } from "./chats/drafts.ts";
import * as chats from "./chats/store.ts";
import { useDesk } from "./desk.ts";
import { Items, Slot, useItems } from "./slots.tsx";
import { IconButton } from "./ui/IconButton.tsx";
import { Icon } from "./ui/icons.tsx";
import { Popover } from "./ui/Popover.tsx";
import { ProblemText } from "./ui/ProblemText.tsx";
import { asSeen } from "./ui/reveal.ts";
import { isTouch } from "./ui/useWide.ts";

interface Props {
  readonly follow: ReturnType<typeof useFollow>;
  readonly composer: RefObject<HTMLTextAreaElement | null>;
  /** Whether the chat has nothing to read yet. */
  readonly empty: boolean;
}

export function Dock({ follow, composer, empty }: Props) {
  useLanguage();
  const chatId = useDesk((desk) => desk.chatId);
  const problem = useDesk(({ problem, server }) =>
    // The banner says already that nothing can be reached.
    problem?.code === "offline" && server?.reachable === false ? null : problem,
  );
  const busy = chats.store.use(chats.isBusy);
  const draft = useDesk((desk) => desk.draft);
  const plus = useItems("plus");

  // biome-ignore lint/correctness/useExhaustiveDependencies: each chat begins at its end
  useEffect(() => {
    follow.jump();
    // On a phone the keyboard would cover what was just opened.
    if (!isTouch()) composer.current?.focus();
  }, [chatId]);

  return (
    <footer className="dock">
      {follow.away && (
        <button type="button" className="jump" onClick={follow.jump}>
          <Icon name="down" />
          {t("chat.jump")}
        </button>
      )}
      {problem && (
        <div role="alert" className="problem dismissable">
          <ProblemText problem={problem} />
          <IconButton icon="close" label={t("close")} onClick={chats.dismissProblem} />
        </div>
      )}
      <Slot name="AboveComposer" />
      <Composer
        input={composer}
        value={draft}
        busy={busy}
        onChange={(text) => saveDraft(chatId, text)}
        onSend={() => {
          follow.jump();
          void send(draft);
        }}
        onStop={() => void stop()}
      >
        <div className="before-text">
          {plus.length > 0 && (
            <Popover label={t("composer.more")} icon="plus" kind="menu">
              {(close) => <Items items={plus} close={close} />}
            </Popover>
          )}
          <Slot name="InComposer" />
        </div>
      </Composer>
      {empty && <Slot name="Beginning" />}
      <p className="fine-print">{t("app.finePrint")}</p>
      <Announcer />
    </footer>
  );
}

/** Characters; whoever wants to hear more goes to the answer itself. */
const SPOKEN = 1000;

/** Reads an answer out once it is complete, not token by token. */
function Announcer() {
  const text = useDesk(({ chat, finished }) => {
    const answer = chat?.messages.find(({ id }) => id === finished);
    return answer ? `${t("role.assistant")}: ${asSeen(answer.content).slice(0, SPOKEN)}` : "";
  });
  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  );
}
