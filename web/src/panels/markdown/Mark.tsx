/** A mark in a text, "[1]" or "[1, 2]": buttons where it leads to something, else as it was written. */
import { use } from "react";
import { References } from "../../ui/references.ts";

export function Mark({ text }: { readonly text: string }) {
  const references = use(References);
  const numbers = text.match(/\d+/g) ?? [];
  const find = (mark: string) => references.find((one) => one.mark === mark);
  if (!numbers.some(find)) return text;
  return numbers.map((mark) => {
    const reference = find(mark);
    if (!reference) return `[${mark}]`;
    return (
      <button
        key={mark}
        type="button"
        className="mark"
        title={reference.title}
        aria-label={`[${mark}] ${reference.title}`}
        onClick={reference.open}
      >
        {mark}
      </button>
    );
  });
}
