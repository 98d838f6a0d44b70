/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "limits.left": "{left} of {limit} tokens left this month.",
  "limits.none": "no limit",
  "limits.person": "Tokens a month",
  "limits.person.hint": "Empty: what the policy says. 0: no limit.",
  "limits.person.policy": "as in the policy",
  "limits.person.tokens": "Tokens for this person in a month",
  "limits.person.used": "{used} used this month; limit: {limit}.",
  "limits.resets": "Resets on {date}.",
};

export const es: typeof en = {
  "limits.left": "Quedan {left} de {limit} tokens este mes.",
  "limits.none": "sin límite",
  "limits.person": "Tokens al mes",
  "limits.person.hint": "Vacío: lo que diga la política. 0: sin límite.",
  "limits.person.policy": "como en la política",
  "limits.person.tokens": "Tokens para esta persona en un mes",
  "limits.person.used": "{used} usados este mes; límite: {limit}.",
  "limits.resets": "Se renueva el {date}.",
};

export const t = words(en, es);
