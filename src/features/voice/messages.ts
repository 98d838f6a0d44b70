/** What `charla voice` says. */
const en = {
  about: "downloads or removes what hears and speaks: dictation, and answers read aloud",
  status: "tells what is here, and which languages it knows",
  setup: "downloads parts by their names, or the usual ones ({size} MB), checked by their digests",
  remove: "removes parts by their names, or all",
  json: "writes JSON",
  total: "To download: {size} MB.",
  nothing: "Everything is here already.",
  hears: "Understands: {languages}",
  speaks: "Speaks: {languages}",
  none: "nothing",
  ready: "here",
  absent: "not here",
  removed: "Removed: {names}.",
};

const es: typeof en = {
  about: "descarga o elimina lo que escucha y habla: dictado y respuestas en voz alta",
  status: "dice qué hay aquí y qué idiomas sabe",
  setup: "descarga partes por su nombre o las habituales ({size} MB), comprobadas por su huella",
  remove: "elimina partes por su nombre, o todas",
  json: "escribe JSON",
  total: "Por descargar: {size} MB.",
  nothing: "Ya está todo aquí.",
  hears: "Entiende: {languages}",
  speaks: "Habla: {languages}",
  none: "nada",
  ready: "está aquí",
  absent: "no está aquí",
  removed: "Eliminado: {names}.",
};

export const messages = { en, es };
