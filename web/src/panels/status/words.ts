/** What this room says. */
import { type KeyOf, words } from "../../ui/words.ts";

export const en = {
  "status.models": "See the models",
  "status.downloading": "Downloading {model}…",
  "status.failed": "The model could not be started.",
  "status.loading": "Loading {model} into memory…",
  "status.missing": "There is no model yet.",
  "status.offline": "Cannot reach Charla.",
  "status.offline.hint": "Is it still running? The page keeps trying.",
  "status.ready": "{model} is ready.",
  "status.theModel": "the model",
  "status.unready.hint": "Open Models for details or to pick another.",
};

export const es: typeof en = {
  "status.models": "Ver los modelos",
  "status.downloading": "Descargando {model}…",
  "status.failed": "No se pudo iniciar el modelo.",
  "status.loading": "Cargando {model} en memoria…",
  "status.missing": "Aún no hay ningún modelo.",
  "status.offline": "No hay conexión con Charla.",
  "status.offline.hint": "¿Sigue en marcha? La página lo reintenta sola.",
  "status.ready": "{model} está listo.",
  "status.theModel": "el modelo",
  "status.unready.hint": "En Modelos están los detalles y puedes elegir otro.",
};

export const t = words(en, es);
export type Key = KeyOf<typeof en>;
