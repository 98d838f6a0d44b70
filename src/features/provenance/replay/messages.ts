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
    inconclusive: "Too short: so few tokens say nothing.",
  } satisfies Record<ReplayReply["verdict"], string>,
  agree: "{agree} of {tokens} tokens are those that {model} would have taken.",
  off: "The others were off by {mean} on average over all tokens; 99 % are within {p99}.",
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
    inconclusive: "Demasiado corta: tan pocos tokens no dicen nada.",
  },
  agree: "{agree} de {tokens} tokens son los que {model} habría elegido.",
  off: "Los demás se desvían {mean} de media sobre todos los tokens; el 99 % no pasa de {p99}.",
  otherFile: "El archivo del modelo no es el del recibo.",
  changedText: "El texto no es el del recibo.",
  changedPrompt: "La pregunta no es la del recibo.",
  place: "token {token}: está «{text}» donde se habría elegido «{instead}»",
};

export const messages = { en, es };
