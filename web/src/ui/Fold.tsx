/** Shows the beginning of a long text, and the rest when it is asked for. */
import { type PropsWithChildren, useId, useLayoutEffect, useRef, useState } from "react";
import { t } from "../chat/language.ts";

export function Fold({ children }: PropsWithChildren) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [long, setLong] = useState(false);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || open) return;
    // Its height follows the width of the page, and what is out of sight has none yet.
    const observer = new ResizeObserver(() =>
      setLong(element.scrollHeight > element.clientHeight + 1),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [open]);
  return (
    <>
      <div ref={box} id={id} className={open ? undefined : long ? "folded long" : "folded"}>
        {children}
      </div>
      {long && (
        <button
          type="button"
          className="fold-switch"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {t(open ? "fold.less" : "fold.more")}
        </button>
      )}
    </>
  );
}
