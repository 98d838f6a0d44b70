/**
 * Says what an icon means: to who rests the pointer on it, who comes to it by keyboard, and who keeps
 * a finger on it, which then presses nothing. One for the whole page; its text stands in `data-tip`.
 */
import { useEffect, useRef } from "react";

/** Milliseconds of rest, as systems have it. */
const REST_MS = 500;
/** Milliseconds for which it stays when the finger is gone. */
const STAYS_MS = 1500;
const GAP = 6;

export function Tips() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => (box.current ? tell(box.current) : undefined), []);
  // Screen readers have the name of the button.
  return <div ref={box} className="tip" popover="manual" aria-hidden="true" />;
}

/** @returns a function that ends it */
function tell(box: HTMLElement): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** A finger has asked what it is. */
  let asked = false;

  function hide() {
    clearTimeout(timer);
    box.hidePopover();
  }
  function show(button: HTMLElement) {
    box.textContent = button.dataset.tip ?? "";
    box.showPopover();
    const { left, width, top, bottom } = button.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = box;
    const at = Math.min(left + (width - offsetWidth) / 2, innerWidth - offsetWidth - GAP);
    const below = bottom + GAP + offsetHeight < innerHeight;
    box.style.left = `${Math.max(GAP, at)}px`;
    box.style.top = `${below ? bottom + GAP : top - GAP - offsetHeight}px`;
  }
  const buttonOf = ({ target }: Event) =>
    target instanceof Element ? target.closest<HTMLElement>("[data-tip]") : null;
  function rest(event: PointerEvent) {
    const button = buttonOf(event);
    hide();
    if (!button) return;
    timer = setTimeout(() => {
      asked = event.pointerType === "touch";
      if (button.isConnected) show(button);
    }, REST_MS);
  }

  const ending = new AbortController();
  const { signal } = ending;
  const on = <Name extends keyof DocumentEventMap>(
    name: Name,
    listener: (event: DocumentEventMap[Name]) => void,
  ) => document.addEventListener(name, listener, { signal, capture: true });

  on("pointerover", (event) => event.pointerType !== "touch" && rest(event));
  on("pointerdown", (event) => {
    asked = false;
    if (event.pointerType === "touch") rest(event);
    else hide();
  });
  on("pointerup", ({ pointerType }) => {
    clearTimeout(timer);
    if (pointerType === "touch" && asked) timer = setTimeout(hide, STAYS_MS);
  });
  on("pointercancel", hide);
  on("contextmenu", (event) => asked && event.preventDefault());
  on("click", (event) => {
    if (!asked) return;
    asked = false;
    event.preventDefault();
    event.stopPropagation();
  });
  on("focusin", (event) => {
    const button = buttonOf(event);
    if (!button?.matches(":focus-visible")) return;
    // A menu that closes gives the focus back, and no popover may open while another one closes.
    timer = setTimeout(() => button.matches(":focus-visible") && show(button));
  });
  on("focusout", hide);
  on("scroll", hide);
  on("keydown", ({ key }) => key === "Escape" && hide());
  return () => {
    ending.abort();
    hide();
  };
}
