/**
 * The messages of a chat in blocks, of which only those near the part that is seen are in the page: a
 * chat of thousands costs what one of fifty does. In the place of the others stands room of their size.
 */
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { MessageList } from "./chat/MessageList.tsx";
import type { ChatMessage } from "./chats/api.ts";
import { Message } from "./Message.tsx";

/** Even, so that an answer stands in the block of its question. */
const SIZE = 16;
/** Pixels around what is seen. */
const MARGIN = 1500;
/** Blocks at the end that are always there: there the chat goes on. */
const LAST = 2;
/** Pixels of a message that was never seen, until others of the chat have been. */
const GUESS = 160;

interface Props {
  readonly messages: readonly ChatMessage[];
  /** Messages of the chat that stand above them, and are not here. */
  readonly earlier: number;
  /** Id of a message that somebody is led to. */
  readonly wanted: string | undefined;
}

export function Blocks({ messages, earlier, wanted }: Props) {
  const { near, attach, heightOf } = useNear();
  const printing = usePrinting();
  const place = wanted === undefined ? -1 : messages.findIndex(({ id }) => id === wanted);
  const numberOf = (index: number) => Math.floor((earlier + index) / SIZE);
  const last = numberOf(messages.length - 1);
  const numbers = Array.from({ length: last - numberOf(0) + 1 }, (_, at) => numberOf(0) + at);
  const box = useStay(earlier);
  return (
    <div ref={box}>
      {numbers.map((number) => {
        const from = Math.max(0, number * SIZE - earlier);
        const some = messages.slice(from, (number + 1) * SIZE - earlier);
        const there =
          printing ||
          number > last - LAST ||
          near.has(number) ||
          (place >= 0 && number === numberOf(place));
        const height = there ? undefined : heightOf(number, some.length);
        return (
          <div
            key={number}
            ref={attach}
            className={number === last ? "block last" : "block"}
            data-block={number}
            style={{ height }}
          >
            {there && <Block messages={some} />}
          </div>
        );
      })}
    </div>
  );
}

/** Rendered again only when one of its messages has changed. */
const Block = memo(
  ({ messages }: Pick<Props, "messages">) => <MessageList messages={messages} Row={Message} />,
  (before, now) =>
    before.messages.length === now.messages.length &&
    before.messages.every((message, at) => message === now.messages[at]),
);

/** On paper everything is near. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    // What is printed is what stands there when the event is over.
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    addEventListener("beforeprint", begin);
    addEventListener("afterprint", end);
    return () => {
      removeEventListener("beforeprint", begin);
      removeEventListener("afterprint", end);
    };
  }, []);
  return printing;
}

/** Which blocks are near what is seen, by their numbers. */
function useNear() {
  const [near, setNear] = useState<ReadonlySet<number>>(new Set());
  const heights = useRef(new Map<number, number>());
  const watching = useRef<IntersectionObserver>(null);
  const attach = useCallback((block: HTMLElement | null) => {
    if (!block) return undefined;
    watching.current ??= new IntersectionObserver(
      (entries) => {
        setNear((before) => {
          const now = new Set(before);
          for (const { target, isIntersecting, boundingClientRect } of entries) {
            const number = Number((target as HTMLElement).dataset.block);
            if (isIntersecting) now.add(number);
            else if (before.has(number) && !isUsed(target)) {
              heights.current.set(number, boundingClientRect.height);
              now.delete(number);
            }
          }
          return now;
        });
      },
      { root: block.closest(".scroller"), rootMargin: `${MARGIN}px 0px` },
    );
    watching.current.observe(block);
    return () => watching.current?.unobserve(block);
  }, []);
  const heightOf = (number: number, messages: number) => {
    const known = heights.current.get(number);
    if (known !== undefined) return known;
    const all = [...heights.current.values()];
    const mean = all.reduce((sum, one) => sum + one, 0) / (all.length * SIZE);
    return messages * (all.length > 0 ? mean : GUESS);
  };
  return { near, attach, heightOf };
}

/** Whether the keyboard is in it, or something of it is selected: that stays where it is. */
function isUsed(block: Element): boolean {
  const selection = getSelection();
  const selected = selection?.isCollapsed === false && selection.containsNode(block, true);
  return block.contains(document.activeElement) || selected === true;
}

/** What is read stays in its place when messages come above it, also where no browser sees to that. */
function useStay(earlier: number) {
  const box = useRef<HTMLDivElement>(null);
  const before = useRef({ earlier, height: 0 });
  const scroller = box.current?.closest(".scroller");
  const come = scroller && earlier < before.current.earlier;
  if (come) before.current.height = scroller.scrollHeight;
  useLayoutEffect(() => {
    const { earlier: had, height } = before.current;
    before.current = { earlier, height: 0 };
    const around = box.current?.closest(".scroller");
    // At its very top, a box is held at the top.
    const held = !CSS.supports("overflow-anchor", "auto") || (around?.scrollTop ?? 1) < 1;
    if (around && earlier < had && height > 0 && held)
      around.scrollTop += around.scrollHeight - height;
  }, [earlier]);
  return box;
}
