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
  readonly icon?: IconName;
  /** What the button shows, instead of an icon. */
  readonly face?: ReactNode;
  /** Class of a button with a face. */
  readonly look?: string;
  /** "menu": its buttons are choices, walked with the arrow keys. */
  readonly kind: "menu" | "dialog";
  /** Of the button. */
  readonly tabIndex?: number;
  /** A dot on the button: something behind it is not as usual. */
  readonly marked?: boolean;
  children(close: () => void): ReactNode;
}

const GAP = 6;

export function Popover(props: Props) {
  const { label, icon = "more", face, look = "foot-button", kind, tabIndex = 0, children } = props;
  const marked = props.marked || undefined;
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  function place() {
    if (!button.current || !box.current) return;
    const anchor = button.current.getBoundingClientRect();
    if (face) box.current.style.minWidth = `${anchor.width}px`;
    const { offsetWidth: width, offsetHeight: height } = box.current;
    const atRight = anchor.left > innerWidth / 2 || (kind === "menu" && !face);
    const beside = atRight ? anchor.right - width : anchor.left;
    const left = Math.min(beside, innerWidth - width - GAP);
    const below = anchor.bottom + GAP;
    const top = below + height > innerHeight - GAP ? anchor.top - GAP - height : below;
    box.current.style.left = `${Math.max(GAP, left)}px`;
    box.current.style.top = `${Math.max(GAP, top)}px`;
    if (kind === "dialog") return;
    const items = [...box.current.querySelectorAll("button")];
    (items.find(({ ariaChecked }) => ariaChecked === "true") ?? items[0])?.focus();
  }

  // Before anybody can see it or press a key; its content has a size only now.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useLayoutEffect(() => {
    if (open) place();
  }, [open]);

  function walk(event: KeyboardEvent) {
    if (kind !== "menu") return;
    const items = [...(box.current?.querySelectorAll("button") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length)?.focus();
  }

  const told = {
    ref: button,
    "aria-haspopup": kind,
    "aria-expanded": open,
    popoverTarget: id,
  };
  return (
    <>
      {face ? (
        <button type="button" className={look} aria-label={label} {...told}>
          {face}
        </button>
      ) : (
        <IconButton icon={icon} label={label} tabIndex={tabIndex} data-marked={marked} {...told} />
      )}
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

interface ChoiceProps extends Omit<ItemProps, "icon" | "danger"> {
  readonly chosen: boolean;
  /** What is known of it, in a second line. */
  readonly facts?: string;
}

/** One of several, of which one is chosen. */
export const MenuChoice = ({ label, facts, chosen, onClick }: ChoiceProps) => (
  <button
    type="button"
    role="menuitemradio"
    aria-checked={chosen}
    className="menu-item menu-choice"
    onClick={onClick}
  >
    <span dir="auto">
      {label}
      {facts && <small>{facts}</small>}
    </span>
    {chosen && <Icon name="check" />}
  </button>
);
