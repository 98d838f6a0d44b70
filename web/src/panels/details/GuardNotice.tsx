/** Said under an answer where something was removed, withheld, or looks like an order to the model. */
import type { Guarded } from "../../../../src/core/provenance.ts";
import { useLanguage } from "../../chat/language.ts";
import { Icon } from "../../ui/icons.tsx";
import { guardNotices } from "./guard.ts";

export function GuardNotice({ guard }: { guard: Guarded }) {
  useLanguage();
  return guardNotices(guard).map((text) => (
    <p className="note" key={text}>
      <Icon name="info" />
      {text}
    </p>
  ));
}
