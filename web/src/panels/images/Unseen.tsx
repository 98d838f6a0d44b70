/** Above an answer's buttons: which images of the chat its model has not seen. */
import { useLanguage } from "../../chat/language.ts";
import type { Slots } from "../../room.ts";
import { Icon } from "../../ui/icons.tsx";
import { t } from "./words.ts";
import "./images.css";

export default function Unseen({ message: { parts = [] } }: Slots["Notice"]) {
  useLanguage();
  const part = parts.find(({ type }) => type === "unseen");
  if (part?.type !== "unseen") return null;
  const { images, gone } = part;
  return (
    <>
      {images > 0 && <Note text={t(images === 1 ? "unseen.one" : "unseen.many", { n: images })} />}
      {gone > 0 && <Note text={t(gone === 1 ? "gone.one" : "gone.many", { n: gone })} />}
    </>
  );
}

const Note = ({ text }: { readonly text: string }) => (
  <p className="note unseen">
    <Icon name="info" />
    <span>{text}</span>
  </p>
);
