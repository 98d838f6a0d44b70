/**
 * Follows an answer while it is written. When the connection drops, it goes on from the character
 * that it has, with growing pauses; so it does when the page was hidden. The server writes on.
 */
import type { Part } from "../../../src/core/parts.ts";
import { perFrame } from "../chat/frames.ts";
import { request, toProblem } from "../chat/problem.ts";
import { readEvents } from "../chat/sse.ts";
import { whileVisible } from "../ui/visible.ts";
import { type ChatMessage, type Place, type StreamEvent, streamUrl } from "./api.ts";

const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 8000;

interface Listener {
  /** The message as far as it is known; called at most once a frame. */
  change(message: ChatMessage): void;
  /** The place in the engine's queue. */
  waiting(place: Place): void;
  /** Whether the connection is there. */
  connected(yes: boolean): void;
}

/** Resolves when the answer has ended or nobody wants to follow it any more. */
export async function followAnswer(
  chat: string,
  begun: ChatMessage,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  let message = begun;
  let pause = FIRST_PAUSE_MS;
  const change = (part: Partial<ChatMessage>) => {
    message = { ...message, ...part };
    if (!signal.aborted) listener.change(message);
  };
  const frames = perFrame((text) => change({ content: message.content + text }));
  /** What has come of the thought at this place, the last that was begun. */
  let at = 0;
  const thoughts = perFrame((text) => change({ parts: goneOn(message.parts, at, { text }) }));
  while (!signal.aborted) {
    const seen = await whileVisible(signal);
    try {
      const url = streamUrl(chat, message.id, message.content.length);
      const response = await request(url, { signal: seen });
      listener.connected(true);
      for await (const event of readEvents<StreamEvent>(response)) {
        pause = FIRST_PAUSE_MS;
        if (event.type === "start") change({ details: event.details });
        if (event.type === "waiting") listener.waiting(event);
        if (event.type === "part") {
          thoughts.now();
          at = event.at;
          change({ parts: [...(message.parts ?? []).slice(0, at), event.part] });
        }
        if (event.type === "more") {
          thoughts.add(event.text);
          if (event.ms !== undefined) {
            thoughts.now();
            change({ parts: goneOn(message.parts, at, { text: "", ms: event.ms }) });
          }
        }
        if (event.type === "text") frames.add(event.text);
        if (event.type === "end") {
          thoughts.now();
          frames.now();
          return change(event.message);
        }
      }
    } catch (thrown) {
      // An answer of the server is final (the chat was deleted); a lost connection is not.
      if (!toProblem(thrown).retryable) throw thrown;
    }
    thoughts.now();
    frames.now();
    if (seen.aborted) continue;
    listener.connected(false);
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

/** The parts, with more of the thought at this place. */
const goneOn = (
  parts: readonly Part[] = [],
  at: number,
  { text, ...more }: { readonly text: string; readonly ms?: number },
): Part[] =>
  parts.map((part, place) =>
    place === at && part.type === "reasoning" ? { ...part, ...more, text: part.text + text } : part,
  );
