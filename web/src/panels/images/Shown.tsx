/** An image in a chat, small; it opens large. */
import { useState } from "react";
import { useLanguage } from "../../chat/language.ts";
import type { PartProps } from "../../room.ts";
import { Icon } from "../../ui/icons.tsx";
import { shots } from "./shots.ts";
import { t } from "./words.ts";
import "./images.css";

export default function Shown({ part, message }: PartProps<"image">) {
  useLanguage();
  const [missing, setMissing] = useState(false);
  const { digest, name = "", alt = "", text = "", width, height } = part;
  const words = alt || name || t("image");
  // Behind a link nobody has the image itself.
  if (!message || missing)
    return (
      <span className="image-absent">
        <Icon name="image" />
        <span dir="auto">{words}</span>
        {missing && <span className="hint">{t("image.missing")}</span>}
      </span>
    );
  return (
    <button
      type="button"
      className="image-shown"
      title={t("image.large", { name: words })}
      aria-label={t("image.large", { name: words })}
      onClick={() => shots.set({ look: { digest, name, alt, text } })}
    >
      <img
        src={`/api/images/${digest}`}
        alt={words}
        loading="lazy"
        {...(width && height && { width, height })}
        onError={() => setMissing(true)}
      />
    </button>
  );
}
