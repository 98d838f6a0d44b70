/**
 * Masking around a turn. What belongs to a conversation is masked with its book, before the model
 * and on the way back. What is stored nowhere (OpenAI's API, the terminal) gets a book for the
 * turn alone, whose values are put back into the answer unless the policy says otherwise.
 */
import { CharlaError } from "../../core/errors.ts";
import type { ToolCall } from "../../core/extras.ts";
import type { RunTurn, Step } from "../../core/turn.ts";
import type { Delta, Message, Turn } from "../../core/types.ts";
import { type Filter, Masker, mask, through, Unmasker } from "./mask.ts";
import { modeOf } from "./modes.ts";
import { Book, type Naming, namingBy } from "./placeholders.ts";
import type { PersonalDataPolicy } from "./policy.ts";
import type { Looked } from "./scan.ts";
import { placeholders, unmask } from "./shape.ts";
import type { Books } from "./store.ts";

export interface StepOptions {
  readonly policy: PersonalDataPolicy;
  readonly looked: Looked;
  /** Absent where nothing is stored. */
  readonly books: Books | undefined;
}

export function masking(options: StepOptions): Step {
  const { policy } = options;
  // Whose data is not masked is spared a layer around each piece of the answer.
  return (turn, next) =>
    modeOf(policy, turn.belongs ? turn.belongs.privacy : "off") === "mask"
      ? masked(options, turn, next)
      : next(turn);
}

async function* masked(
  { policy, looked, books }: StepOptions,
  turn: Turn,
  next: RunTurn,
): AsyncGenerator<Delta> {
  if (turn.extras?.logprobs !== undefined) throw noLogprobs();
  const { belongs } = turn;
  if (belongs && books) {
    const naming = books.naming(belongs.owner, belongs.conversation);
    const asked = await maskTurn(turn, naming, looked);
    yield* answer(next(asked), maskingFilter(naming, looked));
    return;
  }
  const book = new Book();
  // What somebody has typed anywhere in the turn is put aside before the first name is given.
  book.reserve(textsOf(turn).flatMap((text) => [...placeholders(text)].map(([name]) => name)));
  const naming = namingBy(book);
  const asked = await maskTurn(turn, naming, looked);
  const isJson = turn.extras?.grammar?.type.startsWith("json") ?? false;
  const filter = policy.restore_in_api ? restoring(book, isJson) : maskingFilter(naming, looked);
  yield* answer(next(asked), filter);
}

/** How the texts and the calls of an answer are changed. */
interface Change {
  readonly text: Filter;
  readonly thought: Filter;
  call(json: string): Promise<string>;
}

const maskingFilter = (naming: Naming, looked: Looked): Change => ({
  text: new Masker(naming, looked),
  thought: new Masker(naming, looked),
  call: (json) => mask(json, naming, looked),
});

/** @param isJson whether the answer is JSON, and not only the arguments of its calls */
function restoring(book: Book, isJson: boolean): Change {
  const plain = (name: string) => book.valueOf(name);
  // Inside of a string of JSON, so quotes and line ends are written as JSON has them.
  const quoted = (name: string) => {
    const value = book.valueOf(name);
    return value === null ? null : JSON.stringify(value).slice(1, -1);
  };
  return {
    text: new Unmasker(isJson ? quoted : plain),
    thought: new Unmasker(plain),
    call: async (json) => unmask(json, quoted),
  };
}

async function* answer(deltas: AsyncIterable<Delta>, change: Change): AsyncGenerator<Delta> {
  for await (const delta of through(deltas, change.text, change.thought)) {
    if (delta.type !== "text" || !delta.toolCall) yield delta;
    else yield { ...delta, toolCall: await changeCall(delta.toolCall, change.call) };
  }
}

async function changeCall(call: ToolCall, change: Change["call"]): Promise<ToolCall> {
  return { ...call, arguments: await change(call.arguments) };
}

async function maskTurn(turn: Turn, naming: Naming, looked: Looked): Promise<Turn> {
  const messages: Message[] = [];
  for (const message of turn.messages) {
    const content = await mask(message.content, naming, looked);
    const call = (json: string) => mask(json, naming, looked);
    const toolCalls =
      message.toolCalls &&
      (await Promise.all(message.toolCalls.map((one) => changeCall(one, call))));
    messages.push({ ...message, content, ...(toolCalls && { toolCalls }) });
  }
  return { ...turn, messages };
}

const textsOf = ({ messages }: Turn): string[] =>
  messages.flatMap(({ content, toolCalls = [] }) => [
    content,
    ...toolCalls.map((call) => call.arguments),
  ]);

function noLogprobs(): CharlaError {
  return new CharlaError("personal_data_logprobs", {
    status: 400,
    param: "logprobs",
    message: "Log-probabilities cannot be given while personal data is masked.",
    hint: "Ask without logprobs: the tokens would not be those of the masked text.",
  });
}
