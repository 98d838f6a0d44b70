/**
 * Turns as one chat completion. The field `charla` adds what OpenAI has no name for: that of the
 * first answer, and those of all where there are several.
 */
import type { TokenLogprob, ToolCall } from "../../core/extras.ts";
import type { Finish } from "../../core/types.ts";
import { type Completion, jsonState, newHead, toReason, toUsage } from "./answers.ts";
import type { Choices } from "./choices.ts";
import { toLogprobs } from "./logprobs.ts";
import type { CompletionRequest } from "./request.ts";
import { toApi } from "./tools.ts";

/** One answer as it grows. */
interface Answer {
  text: string;
  reasoning: string;
  tokens: TokenLogprob[];
  calls: ToolCall[];
  finish: Finish | undefined;
}

export async function whole(
  id: string,
  choices: Choices,
  body: CompletionRequest,
): Promise<Completion> {
  const { starts } = choices;
  const answers = starts.map(
    (): Answer => ({ text: "", reasoning: "", tokens: [], calls: [], finish: undefined }),
  );
  try {
    for (let part = await choices.next(); part; part = await choices.next()) {
      const { delta, index } = part;
      const answer = answers[index] as Answer;
      if (delta.type === "finish") answer.finish = delta.finish;
      if (delta.type !== "text") continue;
      answer.text += delta.text;
      answer.reasoning += delta.reasoning ?? "";
      answer.tokens.push(...(delta.tokens ?? []));
      if (delta.toolCall) answer.calls.push(delta.toolCall);
    }
  } finally {
    await choices.end();
  }

  const json = (body.response_format ?? { type: "text" }).type !== "text";
  const ended = answers.map(({ finish, ...answer }) => {
    if (!finish) throw new TypeError("a turn ended without a finish");
    return { ...answer, finish };
  });
  const details = ended.map(({ text, finish, calls }, index) => ({
    ...starts[index],
    finish,
    ...(json && calls.length === 0 && { json: jsonState(text, finish) }),
  }));
  const [start] = starts;
  if (!start) throw new TypeError("a completion has at least one choice");
  return {
    ...newHead(id, start.model),
    object: "chat.completion",
    choices: ended.map(({ text, reasoning, tokens, calls, finish }, index) => ({
      index,
      message: {
        role: "assistant",
        content: text === "" && calls.length > 0 ? null : text,
        ...(reasoning !== "" && { reasoning_content: reasoning }),
        ...(calls.length > 0 && { tool_calls: calls.map(toApi) }),
        refusal: null,
      },
      logprobs: body.logprobs ? toLogprobs(tokens) : null,
      finish_reason: toReason(finish, calls.length),
    })),
    usage: toUsage(ended.map(({ finish }) => finish)),
    charla: details.length === 1 ? { ...details[0] } : { ...details[0], choices: details },
  };
}
