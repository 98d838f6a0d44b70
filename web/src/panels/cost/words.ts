/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "cost.answers": "Answers",
  "cost.busy": "The machine has worked {hours} hours for answers; an hour costs {price}.",
  "cost.csv": "As CSV",
  "cost.erased": "Erased people",
  "cost.lead": "What answers have cost, by the prices in the policy.",
  "cost.model": "Model",
  "cost.models": "By model",
  "cost.month": "Month",
  "cost.nothing": "Nothing has been asked this month.",
  "cost.people": "By person",
  "cost.person": "Person",
  "cost.speed": "Tokens/s",
  "cost.thousand": "1,000 tokens",
  "cost.tokens": "Tokens",
  "cost.total": "{cost} for {answers} answers",
  "cost.total.one": "{cost} for one answer",
  "cost.what": "Cost",
};

export const es: typeof en = {
  "cost.answers": "Respuestas",
  "cost.busy": "El equipo ha trabajado {hours} horas en respuestas; una hora cuesta {price}.",
  "cost.csv": "Como CSV",
  "cost.erased": "Personas eliminadas",
  "cost.lead": "Lo que han costado las respuestas, con los precios de la política.",
  "cost.model": "Modelo",
  "cost.models": "Por modelo",
  "cost.month": "Mes",
  "cost.nothing": "Este mes no se ha preguntado nada.",
  "cost.people": "Por persona",
  "cost.person": "Persona",
  "cost.speed": "Tokens/s",
  "cost.thousand": "1.000 tokens",
  "cost.tokens": "Tokens",
  "cost.total": "{cost} por {answers} respuestas",
  "cost.total.one": "{cost} por una respuesta",
  "cost.what": "Coste",
};

export const t = words(en, es);
