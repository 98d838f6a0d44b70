/** The foot of a chat: what went wrong, the composer with its draft, and the spoken announcements. */
import { type RefObject, useEffect } from "react";
import { Composer } from "./chat/Composer.tsx";
import type { useFollow } from "./chat/follow.ts";
import { t, useLanguage } from "./chat/language.ts";
import { send, stop } from "./panels/conversations/ask.ts";
import { saveDraft, useDraft } from "./panels/conversations/drafts.ts";
import * as chats from "./panels/conversations/store.ts";
import { MaskedNote } from "./panels/personal-data/MaskedNote.tsx";
import * as status from "./panels/status/store.ts";
import { IconButton } from "./ui/IconButton.tsx";
import { Icon } from "./ui/icons.tsx";
import { ProblemText } from "./ui/ProblemText.tsx";
import { asSeen } from "./ui/reveal.ts";
import { isTouch } from "./ui/useWide.ts";

interface Props {
  readonly follow: ReturnType<typeof useFollow>;
  readonly composer: RefObject<HTMLTextAreaElement | null>;
}

export function Dock({ follow, composer }: Props) {
  useLanguage();
  const openId = chats.store.use((state) => state.openId);
  const reachable = status.store.use(({ status }) => status?.reachable ?? true);
  // The banner says already that nothing can be reached.
  const problem = chats.store.use(({ problem }) =>
    problem?.code === "offline" && !reachable ? null : problem,
  );
  const busy = chats.store.use(chats.isBusy);
  const draft = useDraft(openId);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each chat begins at its end
  useEffect(() => {
    follow.jump();
    // On a phone the keyboard would cover what was just opened.
    if (!isTouch()) composer.current?.focus();
  }, [openId]);

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
      <MaskedNote />
      <Composer
        input={composer}
        value={draft}
        busy={busy}
        onChange={(text) => saveDraft(openId, text)}
        onSend={() => {
          follow.jump();
          void send(draft);
        }}
        onStop={() => void stop()}
      />
      <p className="fine-print">{t("app.finePrint")}</p>
      <Announcer />
    </footer>
  );
}

/** Characters; whoever wants to hear more goes to the answer itself. */
const SPOKEN = 1000;

/** Reads an answer out once it is complete, not token by token. */
function Announcer() {
  const text = chats.store.use(({ chat, finished }) => {
    const answer = chat?.messages.find(({ id }) => id === finished);
    return answer ? `${t("role.assistant")}: ${asSeen(answer.content).slice(0, SPOKEN)}` : "";
  });
  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  );
}
