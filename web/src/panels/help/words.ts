/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "help.ai": "You are talking to an AI. Its answers can be wrong.",
  "help.copyLast": "Copy the last answer",
  "help.editLast": "Edit your last message",
  "help.help": "These shortcuts",
  "help.newChat": "New chat",
  "help.newLine": "New line",
  "help.palette": "Search and commands",
  "help.search": "Search in the list",
  "help.send": "Send the message",
  "help.sidebar": "Show or hide the list",
  "help.stop": "Stop the answer",
  "help.write": "Go to the message box",
};

export const es: typeof en = {
  "help.ai": "Hablas con una IA. Sus respuestas pueden ser erróneas.",
  "help.copyLast": "Copiar la última respuesta",
  "help.editLast": "Editar tu último mensaje",
  "help.help": "Esta ayuda",
  "help.newChat": "Nuevo chat",
  "help.newLine": "Línea nueva",
  "help.palette": "Buscar y comandos",
  "help.search": "Buscar en la lista",
  "help.send": "Enviar el mensaje",
  "help.sidebar": "Mostrar u ocultar la lista",
  "help.stop": "Detener la respuesta",
  "help.write": "Ir al cuadro de mensaje",
};

export const t = words(en, es);
