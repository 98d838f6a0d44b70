/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "memory.active": "Tell these facts to the model in my chats",
  "memory.add": "Add to memory",
  "memory.added": "Added on {day}",
  "memory.changed": "Edited on {day}",
  "memory.delete": "Delete “{text}”",
  "memory.deleted": "Facts that you have deleted since: {n}",
  "memory.edit": "Edit “{text}”",
  "memory.example": "I am a nurse and live in Valencia.",
  "memory.fact": "A fact about you",
  "memory.fact.hint": "One short sentence of at most {n} characters.",
  "memory.lead":
    "Short facts about you that the model is told in each of your chats, so that you need not repeat them. Only what you add, or allow a model to add, is kept. Temporary chats do without.",
  "memory.none": "There is nothing in your memory.",
  "memory.off": "Your memory is off: no model is told these facts, and none are added.",
  "memory.proposed": "Proposed by a model, allowed by you on {day}",
  "memory.room":
    "{n} of {most} facts. If they do not all fit into a model's memory, the newest go first.",
};

export const es: typeof en = {
  "memory.active": "Contar estos datos al modelo en mis chats",
  "memory.add": "Añadir a la memoria",
  "memory.added": "Añadido el {day}",
  "memory.changed": "Editado el {day}",
  "memory.delete": "Eliminar «{text}»",
  "memory.deleted": "Datos que has eliminado desde entonces: {n}",
  "memory.edit": "Editar «{text}»",
  "memory.example": "Soy enfermera y vivo en Valencia.",
  "memory.fact": "Un dato sobre ti",
  "memory.fact.hint": "Una frase corta, de {n} caracteres como máximo.",
  "memory.lead":
    "Datos breves sobre ti que se le cuentan al modelo en cada uno de tus chats, para que no tengas que repetirlos. Solo se guarda lo que tú añades o permites que añada un modelo. Los chats temporales no la usan.",
  "memory.none": "No hay nada en tu memoria.",
  "memory.off":
    "Tu memoria está desactivada: no se le cuentan estos datos a ningún modelo ni se añaden otros.",
  "memory.proposed": "Propuesto por un modelo y permitido por ti el {day}",
  "memory.room":
    "{n} de {most} datos. Si no caben todos en la memoria de un modelo, van primero los más nuevos.",
};

export const t = words(en, es);
