/** The way of a text: Markdown to a tree, and to a tree of elements. */

import remarkCjkFriendly from "remark-cjk-friendly/parseOnly";
import remarkCjkFriendlyStrike from "remark-cjk-friendly-gfm-strikethrough/parseOnly";
import remarkGfm from "remark-gfm";
import { Streamdown, type StreamdownProps } from "streamdown";
import { blocksOf } from "./blocks.ts";
import { direction } from "./direction.ts";
import { longerFences } from "./fences.ts";
import { formulas } from "./formulas.ts";
import { html } from "./html.ts";
import { lastLook } from "./lastLook.ts";
import { lineBreaks } from "./lineBreaks.ts";
import { marks } from "./marks.ts";
import { revealed } from "./revealed.ts";

/** One tilde is a range or a home folder: "5~10", "~/x"; two strike. */
const TILDES = { singleTilde: false };

export { Streamdown };

export const cut = (text: string): string[] => blocksOf(longerFences(text));

/** What Streamdown is given, but for the elements that are shown. */
export const PIPELINE = {
  parseMarkdownIntoBlocksFn: cut,
  remarkPlugins: [
    [remarkGfm, TILDES],
    remarkCjkFriendly,
    [remarkCjkFriendlyStrike, TILDES],
    formulas,
    html,
  ],
  rehypePlugins: [lineBreaks, lastLook, marks, direction, revealed],
  // While a text grows, what is open is closed; nothing else is changed.
  remend: { comparisonOperators: false, htmlTags: false, katex: false, singleTilde: false },
} satisfies Partial<StreamdownProps>;
