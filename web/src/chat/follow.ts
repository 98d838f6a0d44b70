/** Keeps a scrolling box at its end while it grows, until the reader scrolls up. */
import { useCallback, useRef, useState } from "react";

/** Pixels from the end that still count as the end. */
const NEAR = 40;

export function useFollow() {
  const box = useRef<HTMLElement>(null);
  const following = useRef(true);
  const [away, setAway] = useState(false);
  const jump = useCallback(() => {
    // Also where the box grows before it has scrolled.
    following.current = true;
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, []);

  /** For the `ref` of the box; its first child is what grows. */
  const attach = useCallback(
    (element: HTMLElement) => {
      box.current = element;
      following.current = true;
      let last = 0;
      element.onscroll = () => {
        const { scrollTop, scrollHeight, clientHeight } = element;
        const atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
        // Growth alone also leaves the end behind; only going up is the reader's wish.
        following.current = atEnd || (following.current && scrollTop >= last);
        last = scrollTop;
        setAway(!following.current);
      };
      const observer = new ResizeObserver(() => following.current && jump());
      for (const grows of [element, ...element.children]) observer.observe(grows);
      return () => observer.disconnect();
    },
    [jump],
  );
  /** Stays where the reader is led to. */
  const leave = useCallback(() => {
    following.current = false;
  }, []);
  return { attach, away, jump, leave };
}
