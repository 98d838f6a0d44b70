/** What this room says. */
import { type KeyOf, words } from "../../ui/words.ts";

export const en = {
  "guard.removed": "Hidden characters were removed from what was sent: {n}.",
  "guard.score": "{n} of 100",
  "guard.sign.addressed": "speaks to the assistant",
  "guard.sign.authority": "claims authority",
  "guard.sign.dictated": "dictates the answer",
  "guard.sign.encoded": "encoded text",
  "guard.sign.fake": "forged parts of a chat",
  "guard.sign.hidden": "hidden text",
  "guard.sign.link": "a link that carries data",
  "guard.sign.many": "many examples",
  "guard.sign.override": "replaces instructions",
  "guard.sign.persona": "a role without rules",
  "guard.sign.reveal": "asks for confidential content",
  "guard.sign.secrecy": "asks for silence",
  "guard.sign.send": "sends data elsewhere",
  "guard.sign.split": "an order in parts",
  "guard.sign.tool": "orders a tool to be used",
  "guard.source.document": "document",
  "guard.source.tool": "tool",
  "guard.source.web": "web page",
  "guard.sources": "Texts from outside",
  "guard.suspicious":
    "This text may contain hidden instructions to the AI. See Details, and be careful with the answer.",
  "guard.title": "Risk of hidden instructions",
  "guard.withheld": "Something confidential was kept out of this answer.",
  "guard.withheldTool": "The model wanted to use a tool that it may not use here.",
};

export const es: typeof en = {
  "guard.removed": "Se han quitado caracteres ocultos de lo enviado: {n}.",
  "guard.score": "{n} de 100",
  "guard.sign.addressed": "se dirige al asistente",
  "guard.sign.authority": "se atribuye autoridad",
  "guard.sign.dictated": "dicta la respuesta",
  "guard.sign.encoded": "texto codificado",
  "guard.sign.fake": "partes falsas de un chat",
  "guard.sign.hidden": "texto oculto",
  "guard.sign.link": "un enlace que se lleva datos",
  "guard.sign.many": "muchos ejemplos",
  "guard.sign.override": "sustituye instrucciones",
  "guard.sign.persona": "un personaje sin reglas",
  "guard.sign.reveal": "pide lo confidencial",
  "guard.sign.secrecy": "pide silencio",
  "guard.sign.send": "envía datos a otra parte",
  "guard.sign.split": "una orden por partes",
  "guard.sign.tool": "ordena usar una herramienta",
  "guard.source.document": "documento",
  "guard.source.tool": "herramienta",
  "guard.source.web": "página web",
  "guard.sources": "Textos de fuera",
  "guard.suspicious":
    "Este texto puede tener instrucciones ocultas para la IA. Mira los detalles y ten cuidado con la respuesta.",
  "guard.title": "Riesgo de instrucciones ocultas",
  "guard.withheld": "Esta respuesta tenía algo confidencial, que se ha omitido.",
  "guard.withheldTool": "El modelo quería usar una herramienta que aquí no puede usar.",
};

export const t = words(en, es);
export type Key = KeyOf<typeof en>;
