/** A formula; its source stands in for it until KaTeX is there, and when it is not TeX. */
import { useEffect, useRef } from "react";

export function Formula({ tex, display }: { tex: string; display: boolean }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = place.current;
    let wanted = true;
    import("./formula.ts")
      .then(({ draw }) => {
        // Drawn apart, so that a half-drawn formula is never seen.
        const drawn = document.createElement("span");
        draw(tex, display, drawn);
        if (wanted) element?.replaceChildren(drawn);
      })
      .catch(() => element?.classList.add("not-tex"));
    return () => {
      wanted = false;
      element?.classList.remove("not-tex");
    };
  }, [tex, display]);
  // Display mode is a property of what is drawn; a `div` could not stand within a paragraph.
  return (
    <span ref={place} className={display ? "formula display" : "formula"}>
      {tex}
    </span>
  );
}
