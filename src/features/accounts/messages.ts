/** What accounts say in the terminal. */
import { fill } from "../../core/errors.ts";
import type { Language } from "../../locales/index.ts";

const en = {
  setUp:
    "Nobody is here yet. Create the first administrator with this link, which works once:\n  {link}",
  example: "ana@example.org",
  about: "manage who may come in, from this machine",
  setUpCommand: "print a new link for the first administrator",
  reset: "print a link that sets a new password for somebody",
  factors: "also delete codes, passkeys and API keys",
  people: "list all people",
  resetLink: "This link sets a new password for {email}; it works once and for a day:\n  {link}",
  nobody: "Nobody is here yet.",
  off: "switched off",
  start: "Start Charla, then open the link.",
};

const es: typeof en = {
  setUp:
    "Aún no hay nadie. Crea el primer administrador con este enlace, que sirve una vez:\n  {link}",
  example: "ana@example.org",
  about: "gestiona quién puede entrar, desde este equipo",
  setUpCommand: "imprime otro enlace para el primer administrador",
  reset: "imprime un enlace con el que alguien pone una contraseña nueva",
  factors: "quita también los códigos, las llaves de acceso y las claves de API",
  people: "lista todas las personas",
  resetLink:
    "Este enlace pone una contraseña nueva para {email}; sirve una vez y durante un día:\n  {link}",
  nobody: "Aún no hay nadie.",
  off: "desactivada",
  start: "Arranca Charla y abre el enlace.",
};

export const messages: Readonly<Record<Language, typeof en>> = { en, es };

export const setUpText = (origin: string, token: string, language: Language): string =>
  fill(messages[language].setUp, { link: `${origin}/account/set-up#${token}` });
