/**
 * Markdown to elements with Streamdown: it splits the text into blocks and renders again only the
 * ones that changed. What is shown for links, images, code and tables is ours, and so is the last
 * step of the pipeline, which lets through only what it knows.
 */
import { type ReactNode, useEffect, useState } from "react";
import {
  type Components,
  defaultRehypePlugins,
  defaultRemarkPlugins,
  type ExtraProps,
  Streamdown,
} from "streamdown";
import { t, useLanguage } from "../../chat/language.ts";
import { CodeBlock } from "./CodeBlock.tsx";
import { hasMath, mathDelimiters } from "./delimiters.ts";
import { Link, RemoteImage } from "./Link.tsx";
import { lastLook } from "./lastLook.ts";
import "./markdown.css";

type Plugins = NonNullable<Parameters<typeof Streamdown>[0]["rehypePlugins"]>;

const SAFE: Plugins = [defaultRehypePlugins.raw, defaultRehypePlugins.sanitize].filter(
  (plugin) => plugin !== undefined,
);
const WITHOUT_MATH = {
  remark: Object.values(defaultRemarkPlugins),
  rehype: [...SAFE, lastLook],
};
let withMath: typeof WITHOUT_MATH | undefined;

/** KaTeX is large and seldom needed, so it comes with the first formula. */
async function loadMath(): Promise<void> {
  const { math } = await import("./math.ts");
  withMath ??= {
    remark: [...WITHOUT_MATH.remark, math.remarkPlugin],
    rehype: [...SAFE, math.rehypePlugin, lastLook],
  };
}

export default function Rendered({ text, running }: { text: string; running: boolean }) {
  useLanguage();
  const wantsMath = hasMath(text);
  const [, loaded] = useState(withMath !== undefined);
  useEffect(() => {
    if (wantsMath && !withMath) loadMath().then(() => loaded(true), console.error);
  }, [wantsMath]);
  const plugins = (wantsMath && withMath) || WITHOUT_MATH;
  return (
    <Streamdown
      className="prose"
      dir="auto"
      isAnimating={running}
      parseIncompleteMarkdown={running}
      components={COMPONENTS}
      remarkPlugins={plugins.remark}
      rehypePlugins={plugins.rehype}
    >
      {wantsMath ? mathDelimiters(text) : text}
    </Streamdown>
  );
}

/** All headings are one level below the one that says who speaks; their size tells them apart. */
function Heading({ node, children }: ExtraProps & { children?: ReactNode }) {
  return <h3 data-level={node?.tagName.slice(1)}>{children}</h3>;
}

const COMPONENTS: Components = {
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
  a: ({ href, children }) => <Link href={href}>{children}</Link>,
  img: ({ src, alt }) => <RemoteImage src={src} alt={alt} />,
  pre: ({ node }) => <CodeBlock node={node} />,
  inlineCode: ({ children }) => <code>{children}</code>,
  input: ({ checked }) => (
    <span role="img" aria-label={t(checked ? "task.done" : "task.open")} className="task">
      {checked ? "☑" : "☐"}
    </span>
  ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it
    <section className="table" aria-label={t("table")} tabIndex={0}>
      <table>{children}</table>
    </section>
  ),
};
