/**
 * Markdown to elements with Streamdown: it splits the text into blocks and renders again only the
 * ones that changed. What is shown for links, images, code and tables is ours, and so is the last
 * step of the pipeline, which lets through only what it knows.
 */
import type { ReactNode } from "react";
import remarkMath from "remark-math";
import {
  type Components,
  defaultRehypePlugins,
  defaultRemarkPlugins,
  type ExtraProps,
  Streamdown,
} from "streamdown";
import { t, useLanguage } from "../../chat/language.ts";
import { Icon } from "../../ui/icons.tsx";
import { useReveal } from "../../ui/reveal.ts";
import { CodeBlock } from "./CodeBlock.tsx";
import { mathDelimiters } from "./delimiters.ts";
import { Formula } from "./Formula.tsx";
import { languageOf, type Node, textOf } from "./hast.ts";
import { Link, RemoteImage } from "./Link.tsx";
import { lastLook } from "./lastLook.ts";
import { lineBreaks } from "./lineBreaks.ts";
import { revealed } from "./revealed.ts";
import "./markdown.css";

/** Raw HTML is read, then sanitised, and the last look is ours. */
const { raw, sanitize } = defaultRehypePlugins;
const REHYPE = [raw, sanitize, lineBreaks, lastLook, revealed].filter(
  (plugin) => plugin !== undefined,
);
const MATH: [typeof remarkMath, object] = [remarkMath, { singleDollarTextMath: false }];
const REMARK = [...Object.values(defaultRemarkPlugins), MATH];

export default function Rendered({ text, running }: { text: string; running: boolean }) {
  useLanguage();
  const version = useReveal();
  return (
    <Streamdown
      // It keeps the blocks that it has made, whatever they were made with.
      key={version}
      className="prose"
      isAnimating={running}
      parseIncompleteMarkdown={running}
      components={COMPONENTS}
      remarkPlugins={REMARK}
      rehypePlugins={REHYPE}
    >
      {mathDelimiters(text)}
    </Streamdown>
  );
}

/** All headings are one level below the one that says who speaks; their size tells them apart. */
function Heading({ node, children }: ExtraProps & { children?: ReactNode }) {
  return <h3 data-level={node?.tagName.slice(1)}>{children}</h3>;
}

function Block({ code }: { code: Node | undefined }) {
  const language = languageOf(code);
  const text = textOf(code).replace(/\n+$/, "");
  if (language === "math") return <Formula tex={text} display />;
  return <CodeBlock text={text} language={language} />;
}

const COMPONENTS: Components = {
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
  strong: ({ children }) => <strong>{children}</strong>,
  a: ({ href, children }) => <Link href={href}>{children}</Link>,
  img: ({ src, alt }) => <RemoteImage src={src} alt={alt} />,
  pre: ({ node }) => <Block code={node?.children[0] as Node | undefined} />,
  inlineCode: ({ node, children }) =>
    languageOf(node) === "math" ? (
      <Formula tex={textOf(node)} display={false} />
    ) : (
      <code>{children}</code>
    ),
  input: ({ checked }) => (
    <span role="img" aria-label={t(checked ? "task.done" : "task.open")} className="task">
      {checked && <Icon name="check" />}
    </span>
  ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it
    <section className="table-box" aria-label={t("table")} tabIndex={0}>
      <table>{children}</table>
    </section>
  ),
};
