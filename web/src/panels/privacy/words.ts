/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "audit.all": "Show all, not only {filter}",
  "audit.broken": "The log was altered: entry {seq} is not what was written.",
  "audit.by": "by",
  "audit.holds": "The log is intact: {n} entries, none altered.",
  "audit.invitation": "an invitation that is no longer open",
  "audit.lead":
    "What was done with administrator rights. It holds nothing that people write and cannot be altered.",
  "audit.more": "Show more",
  "audit.none": "No entries.",
  "audit.on": "on",
  "audit.rewritten": "The log was cut or written anew: it is not what was signed before.",
  "audit.title": "Audit log",
  "audit.verify": "Check the log",
  "privacy.audit": "Audit log",
  "privacy.backups": "Backups",
  "privacy.begin": "Done",
  "privacy.chats": "Chats",
  "privacy.days": "{n} days",
  "privacy.deleted": "Deleted chats can be restored for",
  "privacy.download": "Download my data",
  "privacy.erase": "Erase my data",
  "privacy.erase.begin": "Erase everything…",
  "privacy.erase.lead":
    "Chats, titles, settings, account, and what the model keeps of your chats to be faster. Erased at once and for good.",
  "privacy.erase.now": "Erase everything now",
  "privacy.erase.running": "Erasing…",
  "privacy.erase.type": "Type {word} to confirm",
  "privacy.erase.warning": "This cannot be undone. Download your data first if you may need it.",
  "privacy.erase.word": "ERASE",
  "privacy.erased": "Erased:",
  "privacy.erased.nothing": "There was nothing.",
  "privacy.fetched": "{size} so far",
  "privacy.fetching": "Preparing the archive",
  "privacy.kept": "What is kept",
  "privacy.mine": "My data",
  "privacy.mine.lead":
    "Everything stored about you in one ZIP archive: pages to read, and JSON for programs.",
  "privacy.minutes": "{n} minutes",
  "privacy.months": "{n} months",
  "privacy.notSent":
    "Your chats are stored and answered on this server. Nothing is sent elsewhere.",
  "privacy.saved": "The archive is in your downloads.",
  "privacy.sent": "Every chat is sent to {place}, which writes the answers.",
  "privacy.stays": "Not erased:",
  "privacy.stop": "Stop",
  "privacy.until": "Until {date} at the latest.",
  "privacy.untilDeleted": "until you delete them",
  "privacy.unused":
    "Chats you have not used for {n} days are erased. Export what you want to keep.",
};

export const es: typeof en = {
  "audit.all": "Ver todo, no solo {filter}",
  "audit.broken": "El registro ha sido alterado: la entrada {seq} no es la que se escribió.",
  "audit.by": "por",
  "audit.holds": "El registro está íntegro: {n} entradas, ninguna alterada.",
  "audit.invitation": "una invitación que ya no está abierta",
  "audit.lead":
    "Lo que se hizo con permisos de administrador. No contiene nada de lo que escribe la gente y no se puede alterar.",
  "audit.more": "Ver más",
  "audit.none": "No hay entradas.",
  "audit.on": "sobre",
  "audit.rewritten": "El registro está cortado o escrito de nuevo: no es el que se firmó antes.",
  "audit.title": "Registro de auditoría",
  "audit.verify": "Comprobar el registro",
  "privacy.audit": "Registro de auditoría",
  "privacy.backups": "Copias de seguridad",
  "privacy.begin": "Listo",
  "privacy.chats": "Chats",
  "privacy.days": "{n} días",
  "privacy.deleted": "Un chat eliminado se puede recuperar durante",
  "privacy.download": "Descargar mis datos",
  "privacy.erase": "Eliminar mis datos",
  "privacy.erase.begin": "Eliminarlo todo…",
  "privacy.erase.lead":
    "Chats, títulos, ajustes, la cuenta y lo que el modelo guarda de tus chats para ir más rápido. Se elimina al momento y para siempre.",
  "privacy.erase.now": "Eliminarlo todo ahora",
  "privacy.erase.running": "Eliminando…",
  "privacy.erase.type": "Escribe {word} para confirmarlo",
  "privacy.erase.warning":
    "No se puede deshacer. Descarga antes tus datos si crees que los necesitarás.",
  "privacy.erase.word": "ELIMINAR",
  "privacy.erased": "Eliminado:",
  "privacy.erased.nothing": "No había nada.",
  "privacy.fetched": "{size} por ahora",
  "privacy.fetching": "Preparando el archivo",
  "privacy.kept": "Qué se guarda",
  "privacy.mine": "Mis datos",
  "privacy.mine.lead":
    "Todo lo que hay guardado sobre ti, en un archivo ZIP: páginas para leer y JSON para programas.",
  "privacy.minutes": "{n} minutos",
  "privacy.months": "{n} meses",
  "privacy.notSent":
    "Tus chats se guardan y se responden en este servidor. Nada se envía a otro sitio.",
  "privacy.saved": "El archivo está en tus descargas.",
  "privacy.sent": "Cada chat se envía a {place}, que escribe las respuestas.",
  "privacy.stays": "No se ha eliminado:",
  "privacy.stop": "Detener",
  "privacy.until": "Hasta el {date} como máximo.",
  "privacy.untilDeleted": "hasta que los elimines",
  "privacy.unused":
    "Los chats que no uses durante {n} días se eliminan. Exporta lo que quieras conservar.",
};

export const t = words(en, es);
