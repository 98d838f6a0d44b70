/** What stands under every answer: apart from the words of the panels, which few pages need. */
import { words } from "../../ui/words.ts";

export const en = {
  "thumb.down": "Bad answer",
  "thumb.up": "Good answer",
};

export const es: typeof en = {
  "thumb.down": "Mala respuesta",
  "thumb.up": "Buena respuesta",
};

export const t = words(en, es);
