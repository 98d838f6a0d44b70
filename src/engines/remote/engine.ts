/**
 * One model of a remote server, with errors that say what to do, further attempts before the first
 * token, and an end to silence.
 */
import type { Engine } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { Ending, Message, ModelCard } from "../../core/types.ts";
import { answerOf } from "./answer.ts";
import { brokeOff, failed, stalled } from "./errors.ts";
import { isOver } from "./limit.ts";
import type { Server } from "./server.ts";
import type { Counter } from "./tokens.ts";

/** Made once, since an error that `abort` makes itself takes a stack for every answer. */
const OVER = new DOMException("The answer is over.", "AbortError");

export function remoteEngine(server: Server, card: ModelCard, counter: Counter): Engine {
  const { origin } = server;
  const closing = new AbortController();
  // The window has just counted the list that `generate` gets.
  const counted = new WeakMap<readonly Message[], number>();

  async function countTokens(messages: readonly Message[]): Promise<number> {
    const tokens = counted.get(messages) ?? (await counter.count(messages));
    counted.set(messages, tokens);
    return tokens;
  }

  return {
    card,
    exactCount: counter.exact,
    countTokens,
    async *generate({ signal, ...request }) {
      const stop = new AbortController();
      const silence = setTimeout(() => stop.abort(stalled(origin)), server.silenceMs);
      const ended = AbortSignal.any([signal, stop.signal, closing.signal]);
      // Servers send a chunk a token; that is the count where they send none.
      let [chunks, characters] = [0, 0];
      const end = async (ending: Ending): Promise<Ending> => ({
        ...ending,
        promptTokens: ending.promptTokens || (await countTokens(request.messages)),
        completionTokens: ending.completionTokens || chunks,
      });
      try {
        const { pieces, first } = await server.retry(async () => {
          const pieces = answerOf(server, card.id, { ...request, signal: ended });
          try {
            return { pieces, first: await pieces.next() };
          } catch (thrown) {
            throw ended.aborted ? ended.reason : failed(origin, thrown, card.id);
          }
        }, ended);
        for (let next = first; !next.done; next = await pieces.next()) {
          silence.refresh();
          if (typeof next.value !== "string") return yield await end(next.value);
          characters += next.value.length;
          if (isOver(request.sampling.maxTokens, chunks + 1, characters)) {
            stop.abort();
            return yield await end(uncounted("length"));
          }
          chunks += 1;
          yield next.value;
        }
        throw brokeOff(origin);
      } catch (thrown) {
        if (signal.aborted) {
          yield end(uncounted("stop"));
        } else {
          const { reason } = ended;
          throw reason instanceof CharlaError ? reason : failed(origin, thrown, card.id);
        }
      } finally {
        clearTimeout(silence);
        stop.abort(OVER);
      }
    },
    close: async () => closing.abort(brokeOff(origin)),
  };
}

/** How an answer ended that its server did not end: the rest is for us to count. */
function uncounted(reason: Ending["reason"]): Ending {
  return { reason, promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
}
