/**
 * Leads to the message that a search has found: scrolls there, and marks the words in it. The mark
 * is the browser's own highlight over the text, so that no message has to be rendered again.
 */
import { useEffect } from "react";
import { matches, words } from "../../src/core/folded.ts";
import { type Hit, store } from "./chats/store.ts";
import { useDesk } from "./desk.ts";

/** UTF-16 units of a message in which words are marked. */
const MOST = 200_000;
const NAME = "found";

export function FoundMark({ leave }: { leave(): void }) {
  const hit = store.use((state) => state.hit);
  const shown = useDesk(({ branch }) => branch.some(({ id }) => id === hit?.id));
  useEffect(() => (hit && shown ? lead(hit, leave) : undefined), [hit, shown, leave]);
  return null;
}

/** @returns a function that takes the mark away */
function lead({ id, query }: Hit, leave: () => void): (() => void) | undefined {
  const article = document.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
  if (!article) return undefined;
  leave();
  let moved = false;
  const show = () => {
    const [first] = mark(article, query);
    if (!moved) goTo(first ?? article);
  };
  // What stands above is measured when it comes into view, and Markdown is drawn a moment later.
  const changes = new MutationObserver(show);
  changes.observe(article, { childList: true, subtree: true, characterData: true });
  const sizes = new ResizeObserver(show);
  for (const grows of [article, article.closest(".column") ?? article]) sizes.observe(grows);
  const end = new AbortController();
  for (const kind of ["wheel", "pointerdown", "keydown", "touchstart"] as const) {
    const move = () => {
      moved = true;
    };
    addEventListener(kind, move, { signal: end.signal, passive: true, capture: true });
  }
  show();
  return () => {
    changes.disconnect();
    sizes.disconnect();
    end.abort();
    CSS.highlights?.delete(NAME);
  };
}

/** Puts it into the upper third of the thread. */
function goTo(place: Range | HTMLElement): void {
  const start = place instanceof Range ? place.startContainer.parentElement : place;
  const box = start?.closest(".scroller");
  if (!box) return;
  const { top } = place.getBoundingClientRect();
  box.scrollTop += top - box.getBoundingClientRect().top - box.clientHeight / 3;
}

/** Marks the words, across the borders of bold and code. */
function mark(article: HTMLElement, query: string): readonly Range[] {
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  const nodes: { readonly node: Node; readonly from: number }[] = [];
  let text = "";
  while (text.length < MOST && walker.nextNode()) {
    if (walker.currentNode.parentElement?.closest(".sr-only, button")) continue;
    nodes.push({ node: walker.currentNode, from: text.length });
    text += walker.currentNode.nodeValue ?? "";
  }
  const at = (unit: number) => nodes.findLast(({ from }) => from <= unit);
  const ranges = matches(text, words(query)).flatMap(([from, to]) => {
    const [first, last] = [at(from), at(to - 1)];
    if (!first || !last) return [];
    const range = document.createRange();
    range.setStart(first.node, from - first.from);
    range.setEnd(last.node, to - last.from);
    return [range];
  });
  CSS.highlights?.set(NAME, new Highlight(...ranges));
  return ranges;
}
