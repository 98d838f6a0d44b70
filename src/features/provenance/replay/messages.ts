/** What `charla replay` says, and the page. */
import type { ReplayReply } from "./api.ts";

const en = {
  about: "compute an answer again from its receipt and compare the two (while no server runs)",
  file: "a receipt with its text and its question, as the page downloads it",
  model: "the model that is to compute it (default: the one that answers)",
  json: "print JSON",
  verdict: {
    same: "The same: this model with these settings gives this answer.",
    edited: "Edited: this model with these settings gives this answer, but for the places below.",
    different:
      "Different: this answer does not come out. It was another model or adapter, another setting or question, or much of the text was changed.",
    inconclusive:
      "Cannot be told: with so few tokens, an answer of this model and one of another look alike.",
  } satisfies Record<ReplayReply["verdict"], string>,
  agree: "{agree} of {tokens} tokens are those that {model} would have taken.",
  off: "The others were off by {mean} on average over all tokens; 99 % are within {p99}.",
  chance: "Of honest answers of so many tokens, {chance} % are so far off.",
  unexplained:
    "Model file, text and question are those of the receipt, so something else differs: another adapter, template or setting than the receipt says.",
  otherFile: "The model's file is not the one of the receipt.",
  changedText: "The text is not the one of the receipt.",
  changedPrompt: "The question is not the one of the receipt.",
  place: "token {token}: “{text}” stands where “{instead}” would have been taken",
};

const es: typeof en = {
  about: "vuelve a calcular una respuesta desde su recibo y las compara (sin servidor en marcha)",
  file: "un recibo con su texto y su pregunta, como lo descarga la página",
  model: "el modelo que la calcula (por defecto, el que responde)",
  json: "imprime JSON",
  verdict: {
    same: "La misma: este modelo con estos ajustes da esta respuesta.",
    edited:
      "Editada: este modelo con estos ajustes da esta respuesta, salvo en los lugares de abajo.",
    different:
      "Distinta: esta respuesta no sale. Fue otro modelo o adaptador, otro ajuste u otra pregunta, o se cambió gran parte del texto.",
    inconclusive:
      "No se puede saber: con tan pocos tokens, una respuesta de este modelo y una de otro se parecen.",
  },
  agree: "{agree} de {tokens} tokens son los que {model} habría elegido.",
  off: "Los demás se desvían {mean} de media sobre todos los tokens; el 99 % no pasa de {p99}.",
  chance: "De las respuestas auténticas con tantos tokens, el {chance} % se desvía tanto.",
  unexplained:
    "El archivo del modelo, el texto y la pregunta son los del recibo, así que difiere otra cosa: otro adaptador, otra plantilla u otro ajuste de los que dice el recibo.",
  otherFile: "El archivo del modelo no es el del recibo.",
  changedText: "El texto no es el del recibo.",
  changedPrompt: "La pregunta no es la del recibo.",
  place: "token {token}: está «{text}» donde se habría elegido «{instead}»",
};

export const messages = { en, es };
