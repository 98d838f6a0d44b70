/** Keeps a scrolling box at its end while it grows, until the reader scrolls up. */
import { useCallback, useRef, useState } from "react";

/** Pixels from the end that still count as the end. */
const NEAR = 40;

export function useFollow() {
  const box = useRef<HTMLElement>(null);
  const following = useRef(true);
  const [away, setAway] = useState(false);
  const jump = useCallback(() => {
    following.current = true;
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, []);

  /** For the `ref` of the box; its first child is what grows. */
  const attach = useCallback((element: HTMLElement | null) => {
    box.current = element;
    if (!element?.firstElementChild) return;
    let last = 0;
    const onScroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      const atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
      // Growth alone also leaves the end behind; only going up is the reader's wish.
      if (atEnd) following.current = true;
      else if (scrollTop < last) following.current = false;
      last = scrollTop;
      setAway(!atEnd && !following.current);
    };
    const observer = new ResizeObserver(() => {
      if (following.current) element.scrollTop = element.scrollHeight;
      else onScroll();
    });
    observer.observe(element.firstElementChild);
    observer.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
    };
  }, []);
  return { attach, away, jump };
}
