/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "share.copy": "Copy the link",
  "share.days": "It works for",
  "share.link": "Link",
  "share.link.lead":
    "Whoever has the link can read this branch of the chat as it is now, without signing in. What you write later is not in it.",
  "share.list": "Links to this chat",
  "share.made": "Link of {date}",
  "share.make": "Create a link",
  "share.once": "Copy it now: it is not stored and cannot be shown again.",
  "share.revoke": "Revoke",
  "share.until": "Until {date}.",
  "shared.ai": "Written by an AI ({model}); check what matters.",
  "shared.edited": "Edited by a person, from an answer of an AI ({model}).",
  "shared.notice":
    "Someone shared this chat with an AI on {date}. You can read it here until {until}.",
  "shared.title": "Shared chat",
  "support.grant": "Let them read it",
  "support.hours": "For",
  "support.lead":
    "Administrators cannot read your chats. You can let them read this one for some hours; each time is logged.",
  "support.list": "Permission to read this chat",
  "support.none": "Nobody has asked for that.",
  "support.open.lead":
    "People let you read these chats. Each time you do is recorded in the audit log, and the owner sees it.",
  "support.read": "Read",
  "support.reads": "Times read: {n}.",
  "support.reason": "What it is about",
  "support.title": "Help from administrators",
};

export const es: typeof en = {
  "share.copy": "Copiar el enlace",
  "share.days": "Funciona durante",
  "share.link": "Enlace",
  "share.link.lead":
    "Quien tenga el enlace puede leer esta rama del chat tal como está ahora, sin iniciar sesión. Lo que escribas después no estará en él.",
  "share.list": "Enlaces a este chat",
  "share.made": "Enlace del {date}",
  "share.make": "Crear un enlace",
  "share.once": "Cópialo ahora: no se guarda y no se puede volver a mostrar.",
  "share.revoke": "Revocar",
  "share.until": "Hasta el {date}.",
  "shared.ai": "Escrito por una IA ({model}); comprueba lo importante.",
  "shared.edited": "Editado por una persona a partir de la respuesta de una IA ({model}).",
  "shared.notice":
    "Alguien compartió este chat con una IA el {date}. Puedes leerlo aquí hasta el {until}.",
  "shared.title": "Chat compartido",
  "support.grant": "Dejar que lo lean",
  "support.hours": "Durante",
  "support.lead":
    "Los administradores no pueden leer tus chats. Puedes dejarles leer este durante unas horas; cada lectura queda registrada.",
  "support.list": "Permisos para leer este chat",
  "support.none": "Nadie lo ha pedido.",
  "support.open.lead":
    "Sus dueños te dejan leerlos. Cada lectura queda en el registro de auditoría, y su dueño la ve.",
  "support.read": "Leer",
  "support.reads": "Veces leído: {n}.",
  "support.reason": "De qué se trata",
  "support.title": "Ayuda de los administradores",
};

export const t = words(en, es);
