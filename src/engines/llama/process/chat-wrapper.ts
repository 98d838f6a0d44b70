/**
 * The part of node-llama-cpp that renders chat templates, and nothing else of it: the whole takes
 * 25 MB and 0.3 s. Its package names no way to a part, so these are files of the version that the
 * lock file pins; `tests/with-model/prompt.test.ts` fails when they move.
 */
import type * as Whole from "node-llama-cpp";
import type { ChatWrapper, Tokenizer } from "node-llama-cpp";

const part = (path: string) => import(new URL(path, import.meta.resolve("node-llama-cpp")).href);

type Texts = Pick<typeof Whole, "LlamaText" | "SpecialToken" | "SpecialTokensText">;
const texts: Texts = await part("utils/LlamaText.js");
// Each with its type, since the published declarations cannot name the package's own files.
export const LlamaText: Texts["LlamaText"] = texts.LlamaText;
export const SpecialToken: Texts["SpecialToken"] = texts.SpecialToken;
export const SpecialTokensText: Texts["SpecialTokensText"] = texts.SpecialTokensText;

const jinja: Pick<typeof Whole, "JinjaTemplateChatWrapper"> = await part(
  "chatWrappers/generic/JinjaTemplateChatWrapper.js",
);
export const JinjaTemplateChatWrapper: (typeof Whole)["JinjaTemplateChatWrapper"] =
  jinja.JinjaTemplateChatWrapper;

/** The engine of a wrapper, which its declarations keep to themselves. */
interface Rendering {
  readonly _jinjaTemplate: { render(items: Readonly<Record<string, unknown>>): string };
}

/**
 * What a template writes before an answer (`add_generation_prompt`). A wrapper does not ask for it, but
 * shows an empty answer and cuts before its end: templates of models that think close an empty thought
 * there, and the model would never think.
 *
 * @param words variables of the template
 * @returns undefined where it is no end of the prompt
 */
export function beforeAnswers(
  wrapper: ChatWrapper,
  words: Readonly<Record<string, unknown>>,
): string | undefined {
  const { _jinjaTemplate: template } = wrapper as unknown as Rendering;
  const messages = [{ role: "user", content: "\u00b6" }];
  const none = { bos_token: "", eos_token: "", eot_token: "" };
  const render = (add_generation_prompt: boolean) =>
    template.render({ messages, ...none, enable_thinking: true, ...words, add_generation_prompt });
  const [without, whole] = [render(false), render(true)];
  const more = whole.length > without.length && whole.startsWith(without);
  return more ? whole.slice(without.length) : undefined;
}

const types: Pick<typeof Whole, "GgufFileType"> = await part("gguf/types/GgufMetadataTypes.js");
export const GgufFileType: (typeof Whole)["GgufFileType"] = types.GgufFileType;

/**
 * What node-llama-cpp makes of a template that cannot be rendered: that of a model like it.
 *
 * @param path of the model's file, whose name and header help
 */
export async function guessedWrapper(
  template: string,
  tokenizer: Tokenizer,
  path: string,
): Promise<ChatWrapper> {
  const { getLlama, LlamaLogLevel, readGgufFileInfo, resolveChatWrapper } = await import(
    "node-llama-cpp"
  );
  const fileInfo = await readGgufFileInfo(path);
  // It brings another reader of templates.
  const llama = await getLlama({ build: "never", logLevel: LlamaLogLevel.error });
  const options = {
    ...{ type: "auto" as const, warningLogs: false, fileInfo, tokenizer, llama },
    filename: path.replace(/^.*[/\\]/, ""),
    customWrapperSettings: { jinjaTemplate: { template } },
  };
  const { GeneralChatWrapper } = await import("node-llama-cpp");
  return resolveChatWrapper(options) ?? new GeneralChatWrapper();
}
