/**
 * A button that opens a small box beside itself. The browser's own popover closes it on Escape and
 * on a click elsewhere; only its place is ours.
 */
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { Icon, type IconName } from "./icons.tsx";

interface Props {
  readonly label: string;
  readonly icon: IconName;
  /** "menu": its buttons are choices, walked with the arrow keys. */
  readonly kind: "menu" | "dialog";
  readonly className?: string;
  children(close: () => void): ReactNode;
}

const GAP = 6;

export function Popover({ label, icon, kind, className = "icon-button", children }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  function place() {
    if (!button.current || !box.current) return;
    const anchor = button.current.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box.current;
    const beside = kind === "menu" ? anchor.right - width : anchor.left;
    const left = Math.min(beside, innerWidth - width - GAP);
    const below = anchor.bottom + GAP;
    const top = below + height > innerHeight - GAP ? anchor.top - GAP - height : below;
    box.current.style.left = `${Math.max(GAP, left)}px`;
    box.current.style.top = `${Math.max(GAP, top)}px`;
    if (kind === "menu") box.current.querySelector("button")?.focus();
  }

  function walk(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (kind !== "menu" || !step) return;
    event.preventDefault();
    const items = [...(box.current?.querySelectorAll("button") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    items.at((at + step) % items.length)?.focus();
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup={kind}
        aria-expanded={open}
        popoverTarget={id}
      >
        <Icon name={icon} />
      </button>
      {/* biome-ignore lint/a11y: its role is one of the two of `kind` */}
      <div
        ref={box}
        id={id}
        popover="auto"
        role={kind}
        aria-label={label}
        className="popover"
        onKeyDown={walk}
        onToggle={(event) => {
          setOpen(event.newState === "open");
          // Its content is rendered by the state above, and has a size only after that.
          if (event.newState === "open") requestAnimationFrame(place);
        }}
      >
        {open && children(() => box.current?.hidePopover())}
      </div>
    </>
  );
}

interface ItemProps {
  readonly icon: IconName;
  readonly label: string;
  readonly danger?: boolean;
  onClick(): void;
}

export function MenuItem({ icon, label, danger, onClick }: ItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      className={danger ? "menu-item danger" : "menu-item"}
      onClick={onClick}
    >
      <Icon name={icon} />
      {label}
    </button>
  );
}
