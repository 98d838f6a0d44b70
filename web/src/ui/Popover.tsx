/**
 * A button that opens a small box beside itself. The browser's own popover closes it on Escape and
 * on a click elsewhere; only its place is ours.
 */
import {
  type KeyboardEvent,
  type ReactNode,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { IconButton } from "./IconButton.tsx";
import { Icon, type IconName } from "./icons.tsx";

interface Props {
  readonly label: string;
  readonly icon: IconName;
  /** "menu": its buttons are choices, walked with the arrow keys. */
  readonly kind: "menu" | "dialog";
  children(close: () => void): ReactNode;
}

const GAP = 6;

export function Popover({ label, icon, kind, children }: Props) {
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

  // Before anybody can see it or press a key; its content has a size only now.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useLayoutEffect(() => {
    if (open) place();
  }, [open]);

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
      <IconButton
        ref={button}
        icon={icon}
        label={label}
        aria-haspopup={kind}
        aria-expanded={open}
        popoverTarget={id}
      />
      {/* biome-ignore lint/a11y: its role is one of the two of `kind` */}
      <div
        ref={box}
        id={id}
        popover="auto"
        role={kind}
        aria-label={label}
        className="popover"
        onKeyDown={walk}
        onToggle={(event) => setOpen(event.newState === "open")}
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
