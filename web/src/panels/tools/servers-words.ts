/** What the panel of tool servers says; apart from the room's own words, which every page loads. */
import { words } from "../../ui/words.ts";

export const en = {
  "offers.agree": "Use the chosen tools",
  "offers.asking": "Asking the server…",
  "offers.asks": "Each call waits for your click",
  "offers.changed":
    "Described otherwise than when you agreed: it is not used until you agree again.",
  "offers.lead":
    "The model will read these descriptions as they stand here. They are the server's words, and not checked by anybody. Should one change, its tool is no longer used.",
  "offers.reads": "Only reads, says the operator of Charla: used without a click",
  "offers.schema": "What it takes",
  "servers.add": "Add a server",
  "servers.add.lead":
    "One that speaks MCP over Streamable HTTP, on the internet. What its tools are given leaves Charla.",
  "servers.add.submit": "Add and look at it",
  "servers.agreed": "Tools in use: {n}",
  "servers.client": "Charla is registered by hand",
  "servers.client.id": "Client id",
  "servers.client.lead":
    "Most servers register Charla by themselves. Where one does not, register it there with this address to come back to:",
  "servers.client.secret": "Client secret, if there is one",
  "servers.here": "Servers",
  "servers.lead": "Other programs whose tools your chats can use, once you have agreed to each.",
  "servers.look": "Look at its tools",
  "servers.name": "Short name",
  "servers.name.hint": "Small letters; it stands in front of the names of its tools.",
  "servers.none": "There is none yet.",
  "servers.operator": "Set up by the operator",
  "servers.remove": "Remove",
  "servers.token": "Key, if it asks for one",
  "servers.unagreed": "No tools in use",
  "servers.url": "Address",
  "servers.withdraw": "Stop using it",
  "signIn.again": "Your sign-in at {place} has ended",
  "signIn.anew": "Sign in again",
  "signIn.done": "Signed in to {name}.",
  "signIn.go": "Sign in",
  "signIn.in": "Signed in at {place}",
  "signIn.more": "Wants more permissions than you have given at {place}",
  "signIn.needed": "Asks you to sign in at {place}",
};

export const es: typeof en = {
  "offers.agree": "Usar las elegidas",
  "offers.asking": "Preguntando al servidor…",
  "offers.asks": "Cada llamada espera tu clic",
  "offers.changed":
    "Descrita de otra manera que cuando aceptaste: no se usa hasta que aceptes otra vez.",
  "offers.lead":
    "El modelo leerá estas descripciones tal como están aquí. Son palabras del servidor, y nadie las ha revisado. Si una cambia, su herramienta deja de usarse.",
  "offers.reads": "Solo lee, dice quien opera Charla: se usa sin clic",
  "offers.schema": "Lo que recibe",
  "servers.add": "Añadir un servidor",
  "servers.add.lead":
    "Uno que hable MCP por Streamable HTTP, en internet. Lo que reciben sus herramientas sale de Charla.",
  "servers.add.submit": "Añadir y mirarlo",
  "servers.agreed": "Herramientas en uso: {n}",
  "servers.client": "Charla está registrado a mano",
  "servers.client.id": "Id de cliente",
  "servers.client.lead":
    "Casi todos los servidores registran Charla por sí mismos. Donde no, regístralo allí con esta dirección de vuelta:",
  "servers.client.secret": "Secreto de cliente, si lo hay",
  "servers.here": "Servidores",
  "servers.lead":
    "Otros programas cuyas herramientas pueden usar tus chats, cuando las hayas aceptado una a una.",
  "servers.look": "Ver sus herramientas",
  "servers.name": "Nombre corto",
  "servers.name.hint": "En minúsculas; va delante de los nombres de sus herramientas.",
  "servers.none": "Todavía no hay ninguno.",
  "servers.operator": "Puesto por quien opera Charla",
  "servers.remove": "Quitar",
  "servers.token": "Clave, si pide una",
  "servers.unagreed": "Ninguna herramienta en uso",
  "servers.url": "Dirección",
  "servers.withdraw": "Dejar de usarlo",
  "signIn.again": "Tu sesión en {place} ha terminado",
  "signIn.anew": "Volver a iniciar sesión",
  "signIn.done": "Has iniciado sesión en {name}.",
  "signIn.go": "Iniciar sesión",
  "signIn.in": "Sesión iniciada en {place}",
  "signIn.more": "Quiere más permisos de los que le has dado en {place}",
  "signIn.needed": "Te pide iniciar sesión en {place}",
};

export const t = words(en, es);
