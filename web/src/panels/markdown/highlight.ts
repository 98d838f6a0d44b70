/**
 * Colours for code, with Shiki's grammars and its engine of plain JavaScript (the policy of the
 * page forbids WebAssembly). Each grammar is loaded when it is first needed. The theme gives names
 * of colours, not colours, so that the page's light and dark palettes apply.
 */
import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";

export type Line = readonly { readonly content: string; readonly kind: string | null }[];

const GRAMMARS = {
  bash: () => import("shiki/langs/bash.mjs"),
  c: () => import("shiki/langs/c.mjs"),
  csharp: () => import("shiki/langs/csharp.mjs"),
  css: () => import("shiki/langs/css.mjs"),
  diff: () => import("shiki/langs/diff.mjs"),
  dockerfile: () => import("shiki/langs/dockerfile.mjs"),
  go: () => import("shiki/langs/go.mjs"),
  haskell: () => import("shiki/langs/haskell.mjs"),
  html: () => import("shiki/langs/html.mjs"),
  ini: () => import("shiki/langs/ini.mjs"),
  java: () => import("shiki/langs/java.mjs"),
  javascript: () => import("shiki/langs/javascript.mjs"),
  json: () => import("shiki/langs/json.mjs"),
  julia: () => import("shiki/langs/julia.mjs"),
  kotlin: () => import("shiki/langs/kotlin.mjs"),
  latex: () => import("shiki/langs/latex.mjs"),
  lua: () => import("shiki/langs/lua.mjs"),
  markdown: () => import("shiki/langs/markdown.mjs"),
  php: () => import("shiki/langs/php.mjs"),
  powershell: () => import("shiki/langs/powershell.mjs"),
  python: () => import("shiki/langs/python.mjs"),
  r: () => import("shiki/langs/r.mjs"),
  ruby: () => import("shiki/langs/ruby.mjs"),
  rust: () => import("shiki/langs/rust.mjs"),
  scala: () => import("shiki/langs/scala.mjs"),
  solidity: () => import("shiki/langs/solidity.mjs"),
  sql: () => import("shiki/langs/sql.mjs"),
  swift: () => import("shiki/langs/swift.mjs"),
  toml: () => import("shiki/langs/toml.mjs"),
  tsx: () => import("shiki/langs/tsx.mjs"),
  typescript: () => import("shiki/langs/typescript.mjs"),
  xml: () => import("shiki/langs/xml.mjs"),
  yaml: () => import("shiki/langs/yaml.mjs"),
};

const ALIASES: Record<string, keyof typeof GRAMMARS> = {
  "c#": "csharp",
  // The grammar of C++ alone is as large as all others together, and that of C covers most of it.
  "c++": "c",
  console: "bash",
  cpp: "c",
  cs: "csharp",
  docker: "dockerfile",
  golang: "go",
  js: "javascript",
  jsx: "tsx",
  kt: "kotlin",
  md: "markdown",
  ps1: "powershell",
  py: "python",
  rb: "ruby",
  rs: "rust",
  sh: "bash",
  shell: "bash",
  sol: "solidity",
  tex: "latex",
  ts: "typescript",
  yml: "yaml",
  zsh: "bash",
};

/** Characters; longer code stays plain, because colouring it would stop the page for too long. */
const LONGEST = 20_000;
const PREFIX = "--code-";

let highlighter: Promise<HighlighterCore> | undefined;

/** Lines of coloured words, or null where there is nothing to colour. */
export async function highlight(code: string, name: string): Promise<readonly Line[] | null> {
  const wanted = name.toLowerCase();
  const language = ALIASES[wanted] ?? wanted;
  if (code.length > LONGEST || !Object.hasOwn(GRAMMARS, language)) return null;
  highlighter ??= createHighlighterCore({
    themes: [createCssVariablesTheme({ name: "charla", variablePrefix: PREFIX })],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  const shiki = await highlighter;
  await shiki.loadLanguage(GRAMMARS[language as keyof typeof GRAMMARS]());
  // Without a limit of time: while the expressions of a grammar are compiled it would run out, and
  // the rest of a line would keep the wrong colour. What is long was left out above.
  const options = { lang: language, theme: "charla", tokenizeTimeLimit: 0 };
  const { tokens } = shiki.codeToTokens(code, options);
  return tokens.map((line) => line.map(({ content, color }) => ({ content, kind: kindOf(color) })));
}

/** "var(--code-token-string)" is a string. */
function kindOf(color = ""): string | null {
  return /--code-token-([a-z-]+)/.exec(color)?.[1] ?? null;
}
