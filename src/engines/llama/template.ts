/**
 * From messages to the tokens of a prompt, by the chat template inside the model's file.
 *
 * User text can never become a control token: the template's own marks are `SpecialTokensText`,
 * while every message stays a plain string, which is tokenised with special tokens off.
 */
import {
  type ChatHistoryItem,
  type LlamaModel,
  LlamaText,
  resolveChatWrapper,
  SpecialToken,
  type Token,
} from "node-llama-cpp";
import type { Message } from "../../core/types.ts";

export interface Prompt {
  readonly tokens: Token[];
  /** Tokens that end the answer, besides the model's own end-of-generation tokens. */
  readonly stopTokens: ReadonlySet<Token>;
  /** Texts that end the answer; only templates without control tokens have them. */
  readonly stopTexts: readonly string[];
}

export type Template = (messages: readonly Message[]) => Prompt;

export function chatTemplate(model: LlamaModel): Template {
  const { general, tokenizer } = model.fileInfo.metadata;
  const hasTemplate = Boolean(tokenizer.chat_template);
  if (!hasTemplate && general.architecture === "gpt2") return dialogue(model);
  const type = hasTemplate ? "jinjaTemplate" : "auto";
  const wrapper = resolveChatWrapper(model, { type, warningLogs: false });
  return (messages) => {
    const chatHistory = [...messages.map(toHistory), toHistory({ role: "assistant", content: "" })];
    const { contextText, stopGenerationTriggers } = wrapper.generateContextState({ chatHistory });
    const stopTokens = new Set<Token>();
    const stopTexts: string[] = [];
    for (const trigger of stopGenerationTriggers) {
      const [first] = trigger.values;
      if (typeof first === "string") stopTexts.push(trigger.toString());
      else for (const token of trigger.tokenize(model.tokenizer).slice(0, 1)) stopTokens.add(token);
    }
    return { tokens: contextText.tokenize(model.tokenizer), stopTokens, stopTexts };
  };
}

/** DialoGPT's format: every message, whoever wrote it, ends with the end-of-text token. */
function dialogue(model: LlamaModel): Template {
  const end = new SpecialToken("EOS");
  return (messages) => {
    const texts = messages.flatMap(({ content }) => [content, end]);
    const tokens = LlamaText(texts).tokenize(model.tokenizer);
    return { tokens, stopTokens: new Set(), stopTexts: [] };
  };
}

function toHistory({ role, content }: Message): ChatHistoryItem {
  if (role === "system") return { type: "system", text: content };
  if (role === "user") return { type: "user", text: content };
  return { type: "model", response: content === "" ? [] : [content] };
}
