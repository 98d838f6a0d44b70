/**
 * Markdown to elements with Streamdown: it splits the text into blocks and renders again only the
 * ones that changed. What is shown for links, images, code and tables is ours, and so is the last
 * step of the pipeline, which lets through only what it knows.
 */
import { type ReactNode, useMemo } from "react";
import {
  type BlockProps,
  type Components,
  type ExtraProps,
  Block as StreamdownBlock,
} from "streamdown";
import { useLanguage } from "../../chat/language.ts";
import { Icon } from "../../ui/icons.tsx";
import { useReveal } from "../../ui/reveal.ts";
import { AsWritten } from "./AsWritten.tsx";
import { CodeBlock } from "./CodeBlock.tsx";
import { Formula } from "./Formula.tsx";
import { classesOf, languageOf, type Node, textOf } from "./hast.ts";
import { Link, RemoteImage } from "./Link.tsx";
import { areTooMuch, isTooMuch } from "./limits.ts";
import { Mark } from "./Mark.tsx";
import { cut, PIPELINE, Streamdown } from "./pipeline.ts";
import { Table } from "./Table.tsx";
import "./markdown.css";
import { t } from "./words.ts";

export default function Rendered({ text, running }: { text: string; running: boolean }) {
  useLanguage();
  const version = useReveal();
  const tooMuch = useMemo(() => areTooMuch(cut(text)), [text]);
  if (tooMuch) return <AsWritten text={text} />;
  return (
    <Streamdown
      // It keeps the blocks that it has made, whatever they were made with.
      key={version}
      className="prose"
      isAnimating={running}
      parseIncompleteMarkdown={running}
      components={COMPONENTS}
      BlockComponent={Bounded}
      remarkRehypeOptions={{ footnoteLabel: t("footnotes") }}
      {...PIPELINE}
    >
      {text}
    </Streamdown>
  );
}

const Bounded = (props: BlockProps) =>
  isTooMuch(props.content) ? <AsWritten text={props.content} /> : <StreamdownBlock {...props} />;

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
  cite: ({ node }) => <Mark text={textOf(node as Node)} />,
  img: ({ src, alt }) => <RemoteImage src={src} alt={alt} />,
  pre: ({ node }) => <Block code={node?.children[0] as Node | undefined} />,
  inlineCode: ({ node, children }) =>
    languageOf(node as Node) === "math" ? (
      <Formula
        tex={textOf(node as Node)}
        display={classesOf(node as Node).includes("math-display")}
      />
    ) : (
      <code>{children}</code>
    ),
  input: ({ checked }) => (
    <span role="img" aria-label={t(checked ? "task.done" : "task.open")} className="task">
      {checked && <Icon name="check" />}
    </span>
  ),
  table: ({ node, dir, children }) => (
    <Table node={node as Node | undefined} dir={dir}>
      {children}
    </Table>
  ),
};
