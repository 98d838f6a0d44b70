/** A mark in a text, "[1]": a button where it leads to something, else as it was written. */
import { use } from "react";
import { References } from "../../ui/references.ts";

export function Mark({ text }: { readonly text: string }) {
  const mark = text.slice(1, -1);
  const reference = use(References).find((one) => one.mark === mark);
  if (!reference) return text;
  return (
    <button
      type="button"
      className="mark"
      title={reference.title}
      aria-label={`[${mark}] ${reference.title}`}
      onClick={reference.open}
    >
      {mark}
    </button>
  );
}
