/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "recall.explained":
    "A model sees only as much of a chat as fits its window. These passages of the rest went before your question.",
  "recall.go": "Go to it",
  "recall.many": "Looked up {n} passages from earlier (messages left out: {left})",
  "recall.nothing": "Messages left out of this answer: {left}. None of them had to do with it.",
  "recall.off": "Do not look anything up",
  "recall.on": "Look up what has to do with the question",
  "recall.one": "Looked up a passage from earlier (messages left out: {left})",
  "recall.setting": "What no longer fits the model's memory",
  "recall.setting.hint":
    "In a long chat the oldest messages are left out. What has to do with your question can be found in them and told to the model again.",
  "recall.usual.off": "As usual: not looked up",
  "recall.usual.on": "As usual: looked up",
  "recall.none": "Messages left out of this answer: {left}",
  "recall.summaries": "told in notes: {n} answers",
  "summaries.by": "Notes on {n} answers, by {model}",
  "summaries.delete": "Delete",
  "summaries.edited": "Notes on {n} answers, by {model}, edited by you",
  "summaries.failed": "may not write notes: kept {kept} of {of} planted facts",
  "summaries.jobs": "See how far it is",
  "summaries.lead":
    "When a chat outgrows the model's memory, the model can write notes on its own answers that no longer fit. They are told to it with your next questions. Your own messages are never shortened: what matters of them is looked up. Notes that you delete are not written again.",
  "summaries.model": "Model",
  "summaries.models": "Models that may write notes",
  "summaries.models.lead":
    "A model may, once it has kept four of five facts that were planted in answers for a trial.",
  "summaries.none": "There are no notes on this chat.",
  "summaries.passed": "may write notes: kept {kept} of {of} planted facts",
  "summaries.saved": "Notes saved.",
  "summaries.tried": "The trial begins as soon as nobody chats.",
  "summaries.try": "Try a model",
};
export const es: Record<keyof typeof en, string> = {
  "recall.explained":
    "Un modelo solo ve lo que cabe en su ventana. Estos fragmentos de lo demás fueron delante de tu pregunta.",
  "recall.go": "Ir allí",
  "recall.many": "Se han recuperado {n} fragmentos anteriores (mensajes que no cabían: {left})",
  "recall.nothing":
    "Mensajes que no cabían para esta respuesta: {left}. Ninguno tenía que ver con ella.",
  "recall.off": "No buscar nada",
  "recall.on": "Buscar lo que tenga que ver con la pregunta",
  "recall.one": "Se ha recuperado un fragmento anterior (mensajes que no cabían: {left})",
  "recall.setting": "Lo que ya no cabe en la memoria del modelo",
  "recall.setting.hint":
    "En un chat largo quedan fuera los mensajes más antiguos. Lo que tenga que ver con tu pregunta se puede buscar en ellos y recordárselo al modelo.",
  "recall.usual.off": "Lo habitual: no se busca",
  "recall.usual.on": "Lo habitual: se busca",
  "recall.none": "Mensajes que no cabían para esta respuesta: {left}",
  "recall.summaries": "contadas en notas: {n} respuestas",
  "summaries.by": "Notas sobre {n} respuestas, de {model}",
  "summaries.delete": "Eliminar",
  "summaries.edited": "Notas sobre {n} respuestas, de {model}, editadas por ti",
  "summaries.failed": "no puede escribir notas: conservó {kept} de {of} datos",
  "summaries.jobs": "Ver cómo va",
  "summaries.lead":
    "Cuando un chat ya no cabe en la memoria del modelo, este puede escribir notas sobre las respuestas suyas que quedan fuera. Se le cuentan con tus próximas preguntas. Tus propios mensajes no se resumen nunca: lo que importa de ellos se busca. Las notas que elimines no se vuelven a escribir.",
  "summaries.model": "Modelo",
  "summaries.models": "Modelos que pueden escribir notas",
  "summaries.models.lead":
    "Un modelo puede si en una prueba conserva cuatro de cada cinco datos puestos en respuestas.",
  "summaries.none": "No hay notas de este chat.",
  "summaries.passed": "puede escribir notas: conservó {kept} de {of} datos",
  "summaries.saved": "Notas guardadas.",
  "summaries.tried": "La prueba empieza en cuanto nadie chatee.",
  "summaries.try": "Probar un modelo",
};
export const t = words(en, es);
