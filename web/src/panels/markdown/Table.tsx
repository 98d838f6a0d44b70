/** A table, which scrolls by itself where it is wider than the page, and can be copied. */
import type { ReactNode } from "react";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { asSeen } from "../../ui/reveal.ts";
import { type Node, textOf } from "./hast.ts";
import { t } from "./words.ts";

interface Props {
  readonly node: Node | undefined;
  readonly dir: string | undefined;
  readonly children?: ReactNode;
}

export const Table = ({ node, dir, children }: Props) => (
  <div className="tabular">
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it */}
    <section className="table-box" aria-label={t("table")} tabIndex={0}>
      <table dir={dir}>{children}</table>
    </section>
    <CopyButton text={asSeen(forSheets(node))} label={t("table.copy")} />
  </div>
);

/** Rows by lines, cells by tabs: a sheet takes it as a table, a text as it is. */
export function forSheets(node: Node | undefined): string {
  if (node?.tagName === "tr") {
    const cells = node.children?.filter(({ type }) => type === "element") ?? [];
    return cells.map((cell) => textOf(cell).trim().replace(/\s+/g, " ")).join("\t");
  }
  const rows = node?.children?.filter(({ type }) => type === "element").map(forSheets) ?? [];
  return rows.join("\n");
}
