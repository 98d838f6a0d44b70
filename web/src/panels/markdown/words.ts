/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  code: "code",
  "code.copy": "Copy code",
  "code.download": "Download code",
  "code.wrap": "Wrap long lines",
  footnotes: "Footnotes",
  "image.copy": "Copy the image's address",
  "image.notLoaded": "Image not loaded, to keep this chat private",
  "image.open": "Open",
  "image.unnamed": "Image",
  table: "Table",
  "table.copy": "Copy table",
  "task.done": "Done",
  "task.open": "To do",
};

export const es: typeof en = {
  code: "código",
  "code.copy": "Copiar el código",
  "code.download": "Descargar el código",
  "code.wrap": "Ajustar las líneas largas",
  footnotes: "Notas",
  "image.copy": "Copiar la dirección de la imagen",
  "image.notLoaded": "Imagen sin cargar, para que este chat siga siendo privado",
  "image.open": "Abrir",
  "image.unnamed": "Imagen",
  table: "Tabla",
  "table.copy": "Copiar la tabla",
  "task.done": "Hecho",
  "task.open": "Por hacer",
};

export const t = words(en, es);
