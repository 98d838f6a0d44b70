/**
 * An answer's Markdown. Plain text stands in for its renderer, which is loaded after the page, and
 * for what the renderer cannot bear.
 */
import { lazy, Suspense, useEffect } from "react";
import { Boundary } from "../../ui/Boundary.tsx";
import { AsWritten } from "./AsWritten.tsx";

interface Props {
  readonly text: string;
  /** Whether the text is still growing. */
  readonly running: boolean;
}

const load = () => import("./Rendered.tsx").catch(() => ({ default: AsWritten }));
// Whoever opens a chat reads answers: the renderer comes with the page, so that none is seen raw.
const early = /^\/(?:c\/|shared)/.test(location.pathname) ? load() : undefined;
const Rendered = lazy(() => early ?? load());

/** While the first question is asked, so that its answer is not seen raw either. */
export function Coming() {
  useEffect(() => void load(), []);
  return null;
}

export function Markdown(props: Props) {
  const plain = <AsWritten text={props.text} />;
  return (
    <Boundary instead={() => plain}>
      <Suspense fallback={plain}>
        <Rendered {...props} />
      </Suspense>
    </Boundary>
  );
}
