/**
 * Which messages still fit the context window. The system prompt and the last question always
 * stay, each in its place; what falls out is whole turns (a question and its answers), oldest first.
 */
import { CharlaError } from "./errors.ts";
import type { Message } from "./types.ts";

export interface Window {
  readonly messages: readonly Message[];
  readonly promptTokens: number;
  readonly droppedMessages: number;
}

/**
 * Keeps a long tail of whole turns whose prompt leaves room for the answer; the same tail as the
 * turn before wherever that is possible.
 *
 * @param messages whole history, oldest first, ending with the message to answer
 * @param contextWindow prompt and answer together, in tokens
 * @param answerTokens room the caller would like for the answer, in tokens; at most half of the
 *   context window is kept, so that a generous limit cannot push the history out
 * @param count size of a list of messages as a prompt, in tokens; grows with the list
 * @throws CharlaError `context_length_exceeded` when not even the last turn fits
 */
export async function fitWindow(
  messages: readonly Message[],
  contextWindow: number,
  answerTokens: number,
  count: (messages: readonly Message[]) => Promise<number>,
): Promise<Window> {
  const limit = contextWindow - Math.min(answerTokens, Math.floor(contextWindow / 2));
  // What a tool answered stays with the message that called it.
  const starts = messages.flatMap((one, i) => (one.role === "user" && !one.toolCallId ? [i] : []));
  // A history may open with an answer (a greeting), which then belongs to the first turn.
  starts[0] = 0;

  const from = async (turn: number) => {
    const start = starts[turn] ?? 0;
    const kept = messages.filter(({ role }, index) => role === "system" || index >= start);
    const droppedMessages = messages.length - kept.length;
    return { messages: kept, promptTokens: await count(kept), droppedMessages };
  };
  const whole = await from(0);
  if (whole.promptTokens <= limit) return whole;
  // What falls out falls out by the quarter window: a start that moved with every turn would make
  // the engine compute the whole prompt again each time.
  const step = Math.ceil(limit / 4);
  const roomy = whole.promptTokens - Math.ceil((whole.promptTokens - limit) / step) * step;

  // Binary search for the first turn whose rest is small enough: that of `low` is too large, and
  // that of `high` is not, or is all there is.
  let low = 0;
  let high = starts.length - 1;
  let best = high === 0 ? whole : await from(high);
  if (best.promptTokens > limit) throw tooLong(best.promptTokens, limit, contextWindow);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const candidate = await from(middle);
    if (candidate.promptTokens <= roomy) [high, best] = [middle, candidate];
    else low = middle;
  }
  return best;
}

function tooLong(promptTokens: number, limit: number, contextWindow: number): CharlaError {
  return new CharlaError("context_length_exceeded", {
    status: 400,
    param: "messages",
    message:
      "The last message and the system prompt take {promptTokens} tokens, but only {limit} fit " +
      "(the model's context window is {contextWindow} and the answer needs room).",
    hint: "Shorten the message, lower the answer's token limit, or choose a model with a longer context.",
    params: { promptTokens, limit, contextWindow },
  });
}
