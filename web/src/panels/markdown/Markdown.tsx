/**
 * An answer's Markdown. Plain text stands in for its renderer, which is loaded after the page, and
 * for what the renderer cannot bear.
 */
import { lazy, Suspense } from "react";
import { Boundary } from "../../ui/Boundary.tsx";
import { isTooMuch } from "./limits.ts";

interface Props {
  readonly text: string;
  /** Whether the text is still growing. */
  readonly running: boolean;
}

const PlainText = ({ text }: Props) => (
  <div className="plain" dir="auto">
    {text}
  </div>
);

const Rendered = lazy(() => import("./Rendered.tsx").catch(() => ({ default: PlainText })));

export function Markdown(props: Props) {
  const plain = <PlainText {...props} />;
  if (isTooMuch(props.text)) return plain;
  return (
    <Boundary instead={() => plain}>
      <Suspense fallback={plain}>
        <Rendered {...props} />
      </Suspense>
    </Boundary>
  );
}
