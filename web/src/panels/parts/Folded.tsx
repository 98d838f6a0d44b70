/** A part that is folded until somebody wants to read it. */
import { type ReactNode, useState } from "react";
import { Icon } from "../../ui/icons.tsx";
import "./parts.css";

interface Props {
  readonly title: string;
  /** Whether it is still being written. */
  readonly running?: boolean;
  readonly children: ReactNode;
}

export function Folded({ title, running = false, children }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <details className="part" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {running && <span className="pulse" aria-hidden="true" />}
        <span>{title}</span>
        <Icon name="right" />
      </summary>
      {/* A long text that nobody looks at is not laid out again with each of its words. */}
      {open && <div className="part-text">{children}</div>}
    </details>
  );
}
