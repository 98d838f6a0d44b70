/** What this room says of assistants. */
import { words } from "../../ui/words.ts";

export const en = {
  "ask.delete": "Delete this assistant? Chats that were begun with it stay as they are.",
  "ask.lend":
    "Whoever you lend it to can see its instructions and begin chats with it. Nobody but you can change it.",
  "ask.lend.files": "Its files are lent with it: {names}.",
  "ask.tools": "This assistant would like to use tools in your chat: {names}.",
  "ask.tools.with": "Begin with them",
  "ask.tools.without": "Begin without",
  "assistants.import": "Import",
  "assistants.lead":
    "An assistant is a chat that is set up already: instructions, model, files, tools. Each change is a new version; a chat stays with the one that it was begun with.",
  "assistants.lent": "Lent to you",
  "assistants.new": "New assistant",
  "assistants.none": "You have none yet. A name and some instructions are enough.",
  "begin.assistants": "Your assistants",
  "begin.openings": "What to ask this assistant",
  "editor.about": "What it is for",
  "editor.edit": "Edit assistant",
  "editor.icon": "Icon",
  "editor.more": "More settings",
  "editor.name": "Name",
  "editor.new": "New assistant",
  "editor.openings": "Opening questions",
  "editor.openings.hint": "One a line, to begin a chat with by a click.",
  "editor.versions": "Versions",
  "editor.versions.hint": "Choose one to see it in this form. Saving makes it the newest version.",
  "editor.wanted":
    "The file would also like these tools: {names}. Tick below those that you want to allow.",
  "row.begin": "New chat",
  "row.by": "lent by {name}",
  "row.delete": "Delete",
  "row.export": "Export",
  "row.lend": "Lend",
  "row.lent": "lent to everybody here",
  "row.lentTo": "lent to {names}",
  "row.menu": "Options for {name}",
  "row.version": "version {n}",
  "with.newer": "Use version {n}",
  "with.version": "Version {n}",
};

export const es: typeof en = {
  "ask.delete": "¿Eliminar este asistente? Los chats que empezaste con él se quedan como están.",
  "ask.lend":
    "A quien se lo prestes podrá ver sus instrucciones y empezar chats con él. Solo tú podrás cambiarlo.",
  "ask.lend.files": "Sus archivos se prestan con él: {names}.",
  "ask.tools": "Este asistente quiere usar herramientas en tu chat: {names}.",
  "ask.tools.with": "Empezar con ellas",
  "ask.tools.without": "Empezar sin ellas",
  "assistants.import": "Importar",
  "assistants.lead":
    "Un asistente es un chat ya preparado: instrucciones, modelo, archivos, herramientas. Cada cambio es una versión nueva; un chat sigue con la versión con la que empezó.",
  "assistants.lent": "Prestados a ti",
  "assistants.new": "Nuevo asistente",
  "assistants.none": "Aún no tienes ninguno. Basta un nombre y unas instrucciones.",
  "begin.assistants": "Tus asistentes",
  "begin.openings": "Qué preguntar a este asistente",
  "editor.about": "Para qué sirve",
  "editor.edit": "Editar asistente",
  "editor.icon": "Icono",
  "editor.more": "Más ajustes",
  "editor.name": "Nombre",
  "editor.new": "Nuevo asistente",
  "editor.openings": "Preguntas para empezar",
  "editor.openings.hint": "Una por línea, para empezar un chat con un clic.",
  "editor.versions": "Versiones",
  "editor.versions.hint":
    "Elige una para verla en este formulario. Al guardar será la versión más nueva.",
  "editor.wanted":
    "El archivo pide además estas herramientas: {names}. Marca abajo las que quieras permitir.",
  "row.begin": "Nuevo chat",
  "row.by": "prestado por {name}",
  "row.delete": "Eliminar",
  "row.export": "Exportar",
  "row.lend": "Prestar",
  "row.lent": "prestado a todos los de aquí",
  "row.lentTo": "prestado a {names}",
  "row.menu": "Opciones de {name}",
  "row.version": "versión {n}",
  "with.newer": "Usar la versión {n}",
  "with.version": "Versión {n}",
};

export const t = words(en, es);
