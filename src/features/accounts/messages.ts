/** What accounts say in the terminal. */
import { fill } from "../../core/errors.ts";
import type { Language } from "../../locales/index.ts";

const en = {
  setUp:
    "Nobody is here yet. Make the first administrator with this link, which works once:\n  {link}",
  about: "see and mend who may come in, from this machine",
  setUpCommand: "print a new link for the first administrator",
  reset: "print a link that sets a new password for somebody",
  factors: "take codes, passkeys and API keys off as well",
  people: "list all people",
  resetLink: "This link sets a new password for {email}; it works once and for a day:\n  {link}",
  nobody: "Nobody is here yet.",
  off: "switched off",
  start: "Start Charla, then open the link.",
};

const es: typeof en = {
  setUp:
    "Aún no hay nadie. Crea la primera cuenta de administración con este enlace, que sirve una vez:\n  {link}",
  about: "mira y repara quién puede entrar, desde esta máquina",
  setUpCommand: "imprime otro enlace para la primera cuenta de administración",
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
