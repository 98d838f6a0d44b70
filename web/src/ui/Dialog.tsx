/** A native modal dialog: the browser keeps the focus in it and gives it back afterwards. */
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { t } from "../chat/language.ts";
import { IconButton } from "./IconButton.tsx";

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  /** Where it stands: in the middle, or at the left edge as a drawer. */
  readonly kind?: "sheet" | "drawer" | "small" | "palette";
  onClose(): void;
}

export function Dialog({ title, children, kind = "sheet", onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // A layout effect closes it while it is still in the page, so the focus can go back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // The browser would begin with the button that closes it.
    element?.querySelector<HTMLElement>("[data-begin]")?.focus();
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      className={kind}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="dialog-body">
        <div className="dialog-head">
          <h2 id={heading}>{title}</h2>
          <IconButton icon="close" label={t("close")} onClick={onClose} />
        </div>
        {children}
      </div>
    </dialog>
  );
}
