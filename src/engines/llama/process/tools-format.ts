/**
 * How a template writes calls of tools, found out by letting it write some: one call, two calls,
 * and a plain answer, of which the differences are the format.
 */
import type { ChatHistoryItem, JinjaTemplateChatWrapper } from "node-llama-cpp";
import { SpecialTokensText } from "./chat-wrapper.ts";

export interface CallFormat {
  /** Before the name of the first call. */
  readonly open: string;
  /** Between a name and its arguments, which are a JSON object. */
  readonly middle: string;
  /** Between the arguments and the next call's name; undefined if there can be only one. */
  readonly next: string | undefined;
  /** After the last arguments. */
  readonly close: string;
  /** Begins a call and nothing else; undefined where a call begins like an ordinary answer. */
  readonly mark: string | undefined;
  /** All of the texts above. */
  readonly text: string;
}

const CALLS = [
  { name: "alpha1", key: "k1", value: "v1", result: "RESULT1" },
  { name: "beta2", key: "k2", value: "v2", result: "RESULT2" },
] as const;
type Call = (typeof CALLS)[number];
const QUESTION = "Question0";
const ANSWER = "Answer0";
/** Stands for the end-of-text token in the texts here. */
const END_TOKEN = "\0";
/**
 * So much of what closes a plain answer is enough to know it by: "<|im_e", "\n\n<sep". Where a role
 * comes next ("<|user|>", "<|observation|>"), less of it.
 */
const END_LENGTHS = [6, 5, 4, 3, 2, 1];

/** Undefined where calls are no names with JSON between texts that are always the same. */
export function callFormat(wrapper: JinjaTemplateChatWrapper): CallFormat | undefined {
  const asked = render(wrapper, []);
  const plain = render(wrapper, [ANSWER, { type: "next" }]);
  const ending = after(plain, ANSWER) ?? "";
  // The end token is a character of its own here; what follows it may differ.
  const ends = END_LENGTHS.map((length) => ending.slice(0, length)).filter(
    (end) => end.length > 1 || end === END_TOKEN,
  );
  const one = render(wrapper, CALLS.slice(0, 1));
  const two = render(wrapper, CALLS);
  if (!one.startsWith(asked) || !two.startsWith(asked)) return undefined;
  const [first, second] = CALLS;
  const alone = dissect(one.slice(asked.length), first, ends);
  const both = dissect(two.slice(asked.length), first);
  const next = both && dissect(both.rest, second, ends);
  if (!alone || alone.middle === "" || alone.before.trim() === "") return undefined;
  const alike = both && next && both.middle === next.middle && alone.close === next.close;
  // Where a result stands between two calls, the second one is another answer.
  const parallel = alike && !next.before.includes(first.result) && next.before !== "";
  const [open, middle, close] = [alone.before.trimStart(), alone.middle, alone.close];
  const between = parallel ? next.before : undefined;
  return {
    ...{ open, middle, close, next: between },
    mark: /^(<[^<>\s]+>|\[[A-Z_]+\])/.exec(open)?.[0],
    text: [open, middle, between ?? "", close].join("\n"),
  };
}

interface Parts {
  readonly before: string;
  readonly middle: string;
  /** From the arguments to the end of the message. */
  readonly close: string;
  /** All that comes after the arguments. */
  readonly rest: string;
}

/** @param ends what may begin the end of a message, best first; not looked for if undefined */
function dissect(text: string, call: Call, ends?: readonly string[]): Parts | undefined {
  const json = new RegExp(`\\{\\s*"${call.key}":\\s*"${call.value}"\\s*\\}`).exec(text);
  const at = text.indexOf(call.name);
  if (!json || at < 0 || json.index < at) return undefined;
  const middle = text.slice(at + call.name.length, json.index);
  const rest = text.slice(json.index + json[0].length);
  const answered = rest.indexOf(call.result);
  const closed = (ends ?? [""])
    .map((end) => rest.indexOf(end))
    .find((place) => place >= 0 && place < answered);
  // A name that stands twice, or no end before the result: another kind of format.
  if (middle.includes(call.name) || closed === undefined) return undefined;
  return { before: text.slice(0, at), middle, close: rest.slice(0, closed), rest };
}

type Part = Call | string | { readonly type: "next" };

/** The prompt after a question and these parts of an answer, as text. */
function render(wrapper: JinjaTemplateChatWrapper, parts: readonly Part[]): string {
  const history: ChatHistoryItem[] = [{ type: "user", text: QUESTION }];
  const response = parts
    .filter((part) => typeof part === "string" || "key" in part)
    .map((part, at) => {
      if (typeof part === "string") return part;
      const { name, key, value, result } = part;
      const params = { [key]: value };
      return { type: "functionCall" as const, name, params, result, startsNewChunk: at === 0 };
    });
  history.push({ type: "model", response });
  if (parts.some((part) => typeof part === "object" && "type" in part)) {
    history.push({ type: "user", text: QUESTION }, { type: "model", response: [] });
  }
  const params = (key: string) =>
    ({ type: "object", properties: { [key]: { type: "string" } } }) as const;
  const { contextText } = wrapper.generateContextState({
    chatHistory: history,
    availableFunctions: Object.fromEntries(
      CALLS.map(({ name, key }) => [name, { description: "Nothing.", params: params(key) }]),
    ),
    documentFunctionParams: true,
  });
  return contextText.values
    .map((value) => {
      if (typeof value === "string") return value;
      return value instanceof SpecialTokensText
        ? value.value
        : value.value === "EOS"
          ? END_TOKEN
          : "";
    })
    .join("");
}

function after(text: string, part: string): string | undefined {
  const at = text.indexOf(part);
  return at < 0 ? undefined : text.slice(at + part.length);
}
