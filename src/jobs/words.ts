/** What a job's log says of its way. */
import type { Words } from "../core/words.ts";

export const lines = {
  begun: { en: "Begun.", es: "Creada." },
  started: { en: "Started.", es: "En marcha." },
  on: { en: "Goes on where it was.", es: "Sigue donde estaba." },
  chats: { en: "Waits while people chat.", es: "Espera mientras hay gente chateando." },
  quiet: {
    en: "Waits for the end of the quiet hours.",
    es: "Espera a que acaben las horas de silencio.",
  },
  stopped: {
    en: "The server stopped; it goes on at the next start.",
    es: "El servidor se paró; seguirá cuando vuelva a arrancar.",
  },
  died: { en: "The server ended unexpectedly.", es: "El servidor terminó de forma inesperada." },
  done: { en: "Done.", es: "Terminada." },
  failed: { en: "Failed.", es: "Ha fallado." },
  cancelled: { en: "Cancelled.", es: "Cancelada." },
  resumed: { en: "Taken up again.", es: "Reanudada." },
} satisfies Record<string, Words>;
