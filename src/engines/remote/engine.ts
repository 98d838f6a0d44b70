/**
 * One model of a remote server, with errors that say what to do, further attempts before the first
 * token, and an end to silence.
 */
import type { Engine } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { Ending, Extras, Message, ModelCard, Text } from "../../core/types.ts";
import { type Answer, answerOf } from "./answer.ts";
import { brokeOff, failed, stalled } from "./errors.ts";
import { isOver } from "./limit.ts";
import { grantsOf } from "./request.ts";
import type { Server } from "./server.ts";
import type { Counter } from "./tokens.ts";

export function remoteEngine(server: Server, card: ModelCard, counter: Counter): Engine {
  const closing = new AbortController();
  // The window has just counted the list that `generate` gets.
  const counted = new WeakMap<readonly Message[], number>();

  async function countTokens(messages: readonly Message[], extras?: Extras): Promise<number> {
    const tokens = counted.get(messages) ?? (await counter.count(messages, extras?.tools));
    counted.set(messages, tokens);
    return tokens;
  }

  return {
    card,
    // What an image takes, nobody can ask.
    exactCount: counter.exact && !card.vision,
    grants: card.vision ? [...grantsOf(server.kind), "vision"] : grantsOf(server.kind),
    countTokens,
    async *generate({ signal, ...request }) {
      const stop = new AbortController();
      const silence = setTimeout(() => stop.abort(stalled(server)), server.silenceMs);
      const ended = AbortSignal.any([signal, stop.signal, closing.signal]);
      // Servers send a chunk a token; that is the count where they send none.
      let [chunks, characters] = [0, 0];
      const end = async (ending: Ending): Promise<Ending> => ({
        ...ending,
        promptTokens: ending.promptTokens || (await countTokens(request.messages, request.extras)),
        completionTokens: ending.completionTokens || chunks,
      });
      const asked = { ...request, model: card.id };
      let answer: Answer | undefined;
      try {
        const { opened, first } = await server.retry(async () => {
          try {
            answer = await answerOf(server, card.id, { ...request, signal: ended }, () =>
              silence.refresh(),
            );
            return { opened: answer, first: await answer.next() };
          } catch (thrown) {
            answer?.close();
            throw ended.aborted ? ended.reason : failed(server, thrown, asked);
          }
        }, ended);
        for (let piece = first; piece !== undefined; piece = await opened.next()) {
          characters += lengthOf(piece);
          if (isOver(request.sampling.maxTokens, chunks + 1, characters)) {
            return yield await end(uncounted("length"));
          }
          chunks += 1;
          yield piece;
        }
        yield await end(opened.ending);
      } catch (thrown) {
        if (signal.aborted) {
          yield end(uncounted("stop"));
        } else {
          const { reason } = ended;
          throw reason instanceof CharlaError ? reason : failed(server, thrown, asked);
        }
      } finally {
        clearTimeout(silence);
        answer?.close();
      }
    },
    close: async () => closing.abort(brokeOff(server)),
  };
}

const lengthOf = (piece: string | Text): number =>
  typeof piece === "string" ? piece.length : piece.text.length + (piece.reasoning?.length ?? 0);

/** How an answer ended that its server did not end: the rest is for us to count. */
function uncounted(reason: Ending["reason"]): Ending {
  return { reason, promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
}
