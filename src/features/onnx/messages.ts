/** What `charla export` and `charla onnx` say, in both languages of the terminal. */

const en = {
  export: "write a model in another format",
  about: "write a model as ONNX, block by block and without loss",
  in: "a GGUF file, or the id of a model",
  out: "the file to write; Charla runs it if it ends in .onnx",
  exact: "compute in 32-bit floats: several times slower, and without rounding what is multiplied",
  force: "replace the file to write",
  json: "print JSON",
  example: "model.onnx",
  exporting: "exporting",
  written: "{output} is written: {after} MB, from {before} MB in GGUF.",
  runtime: "what runs models in ONNX on this machine (ONNX Runtime)",
  status: "whether it is here",
  setup: "download it (114 MB)",
  remove: "remove it",
  ready: "ready",
  absent: "not here; `charla onnx setup` downloads it ({download} MB)",
  nothing: "It is here already.",
  fetching:
    "{download} MB are downloaded; {meanwhile} MB of disk are needed meanwhile, and {kept} MB stay.",
  fetched: "ONNX Runtime is here: models in ONNX can be chosen like others.",
  removed: "Removed. Your models in ONNX are still there.",
};

const es: typeof en = {
  export: "escribe un modelo en otro formato",
  about: "escribe un modelo como ONNX, bloque a bloque y sin pérdida",
  in: "un archivo GGUF, o el id de un modelo",
  out: "el archivo que se escribe; Charla lo ejecuta si termina en .onnx",
  exact:
    "calcula en coma flotante de 32 bits: varias veces más lento, y sin redondear lo que se multiplica",
  force: "sustituye el archivo que se escribe",
  json: "imprime JSON",
  example: "modelo.onnx",
  exporting: "exportando",
  written: "{output} está escrito: {after} MB, a partir de {before} MB en GGUF.",
  runtime: "lo que ejecuta modelos en ONNX en este equipo (ONNX Runtime)",
  status: "si está aquí",
  setup: "descárgalo (114 MB)",
  remove: "elimínalo",
  ready: "listo",
  absent: "no está; `charla onnx setup` lo descarga ({download} MB)",
  nothing: "Ya está aquí.",
  fetching:
    "Se descargan {download} MB; mientras tanto hacen falta {meanwhile} MB de disco, y quedan {kept} MB.",
  fetched: "ONNX Runtime está aquí: los modelos en ONNX se eligen como los demás.",
  removed: "Eliminado. Tus modelos en ONNX siguen ahí.",
};

export const messages = { en, es };
