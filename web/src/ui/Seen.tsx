/** A plain text as the reader is to see it, with a subtle mark under what stands for something. */
import { partsOf, useReveal } from "./reveal.ts";

export function Seen({ text }: { text: string }) {
  useReveal();
  return partsOf(text).map(({ text, instead }, at) =>
    instead === undefined ? (
      text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts are told apart by their place
      <span key={at} className="revealed" title={instead}>
        {text}
      </span>
    ),
  );
}
