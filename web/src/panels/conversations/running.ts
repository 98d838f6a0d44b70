/**
 * Follows an answer while it is written. When the connection drops, it goes on from the character
 * that it has, with growing pauses; so it does when the page was hidden. The server writes on.
 */
import { perFrame } from "../../chat/frames.ts";
import { request, toProblem } from "../../chat/problem.ts";
import { readEvents } from "../../chat/sse.ts";
import { whileVisible } from "../../ui/visible.ts";
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
        if (event.type === "text") frames.add(event.text);
        if (event.type === "end") {
          frames.now();
          return change(event.message);
        }
      }
    } catch (thrown) {
      // An answer of the server is final (the chat was deleted); a lost connection is not.
      if (!toProblem(thrown).retryable) throw thrown;
    }
    frames.now();
    if (seen.aborted) continue;
    listener.connected(false);
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}
