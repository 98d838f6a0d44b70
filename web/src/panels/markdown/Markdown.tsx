/** An answer's Markdown. Its renderer is loaded after the page, and plain text stands in for it. */
import { lazy, Suspense } from "react";

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

export const Markdown = (props: Props) => (
  <Suspense fallback={<PlainText {...props} />}>
    <Rendered {...props} />
  </Suspense>
);
