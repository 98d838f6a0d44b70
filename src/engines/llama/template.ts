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
}

export type Template = (messages: readonly Message[]) => Prompt;

export function chatTemplate(model: LlamaModel): Template {
  const { tokenizer, fileInfo } = model;
  if (!fileInfo.metadata.tokenizer.chat_template) {
    // DialoGPT's format: every message, whoever wrote it, ends with the end-of-text token.
    const end = new SpecialToken("EOS");
    return (messages) => {
      const text = LlamaText(messages.flatMap(({ content }) => [content, end]));
      return { tokens: text.tokenize(tokenizer), stopTokens: new Set() };
    };
  }
  const wrapper = resolveChatWrapper(model, { type: "jinjaTemplate", warningLogs: false });
  return (messages) => {
    const chatHistory: ChatHistoryItem[] = messages.map(toHistory);
    chatHistory.push({ type: "model", response: [] });
    const { contextText, stopGenerationTriggers } = wrapper.generateContextState({ chatHistory });
    const marks = stopGenerationTriggers.flatMap((mark) => mark.tokenize(tokenizer).slice(0, 1));
    return {
      tokens: contextText.tokenize(tokenizer),
      // The mark that closes a message, if it is a token of its own.
      stopTokens: new Set(marks.filter((token) => model.isSpecialToken(token))),
    };
  };
}

function toHistory({ role, content }: Message): ChatHistoryItem {
  if (role === "system") return { type: "system", text: content };
  if (role === "user") return { type: "user", text: content };
  return { type: "model", response: [content] };
}
