/** A message of a chat without a server, and what is to be known of an answer from here. */
import { memo } from "react";
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { language, t as shared, useLanguage } from "../../chat/language.ts";
import { MessageParts } from "../../slots.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { formatDuration, formatNumber } from "../../ui/format.ts";
import { t } from "./words.ts";

export const Row = memo(({ message }: { readonly message: ChatMessage }) => {
  useLanguage();
  const { role, content, parts = [], status, details } = message;
  const running = status === "running";
  const { tokensPerSecond = 0, completionTokens = 0, firstTokenMs = 0 } = details ?? {};
  return (
    <>
      {running && content === "" && parts.length === 0 ? (
        <p className="note">{shared("answer.waiting")}</p>
      ) : (
        <MessageParts {...{ role, content, parts, running }} />
      )}
      {status === "stopped" && <p className="note">{shared("answer.stopped")}</p>}
      {status === "interrupted" && <p className="note">{t("offline.cut")}</p>}
      {details?.finishReason === "length" && <p className="note">{shared("answer.length")}</p>}
      {details && (details.droppedMessages ?? 0) > 0 && (
        <p className="note">{shared("memory.dropped", { n: details.droppedMessages ?? 0 })}</p>
      )}
      {role === "user" && <div className="actions" />}
      {role === "assistant" && !running && (
        <>
          <div className="actions">
            <CopyButton text={content} label={shared("copy")} />
          </div>
          <p className="note offline-note">
            {t("offline.note")}
            {details && (
              <>
                {" "}
                {details.modelName} ·{" "}
                {t("offline.numbers", {
                  tokens: formatNumber(completionTokens, language()),
                  speed: formatNumber(tokensPerSecond, language(), 1),
                  first: formatDuration(firstTokenMs, language()),
                })}
              </>
            )}
          </p>
        </>
      )}
    </>
  );
});
