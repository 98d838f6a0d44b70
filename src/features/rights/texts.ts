/** What the archive's page and the commands say, in both languages. */

const en = {
  title: "What is stored about you here",
  about: "Everything that is stored about the person {person}, as of {date}.",
  purpose: "Purpose: to answer your questions in your chats, and to find them again.",
  noRecipients:
    "Recipients: none. Chats are stored and answered on the server of your organisation.",
  recipient: "Recipients: every chat is sent to {remote}, which writes the answers.",
  chatsStay: "Chats stay until you delete them.",
  chatsUnused: "Chats that you have not used for {days} days are erased.",
  audit: "The audit log keeps what was done to your account for {months} months.",
  backups: "Backups are kept for {days} days, as the organisation says.",
  machine:
    "Answers were written by a machine. The JSON files say by which model, and when; such content is marked there as made by AI.",
  rights:
    "You can have what is wrong corrected, have all of it erased, and complain to a supervisory authority.",
  files: "Files",
  file: "File",
  bytes: "Bytes",

  exportAbout: "save all that is stored about a person in one archive",
  eraseAbout: "erase all that is stored about a person, for good",
  person: "the person's id; without accounts there is one, which need not be named",
  out: "file to write",
  language: "language of the archive: en or es",
  yes: "do it; this cannot be undone",
  written: "Written: {file}",
  erased: "Erased: {what}: {count}.",
  kept: "Not erased: {what} ({count}): {why}",
  until: "{why} Until {date} at the latest.",
};

const es: typeof en = {
  title: "Lo que se guarda de ti aquí",
  about: "Todo lo que hay guardado de la persona {person}, a fecha de {date}.",
  purpose: "Finalidad: responder a tus preguntas en tus chats y volver a encontrarlos.",
  noRecipients:
    "Destinatarios: ninguno. Los chats se guardan y se responden en el servidor de tu organización.",
  recipient: "Destinatarios: cada chat se envía a {remote}, que escribe las respuestas.",
  chatsStay: "Los chats se guardan hasta que los elimines.",
  chatsUnused: "Los chats que no uses durante {days} días se eliminan.",
  audit: "El registro de auditoría conserva durante {months} meses lo que se hizo con tu cuenta.",
  backups: "Las copias de seguridad se conservan {days} días, según dice la organización.",
  machine:
    "Las respuestas las escribió una máquina. Los archivos JSON dicen qué modelo y cuándo; ese contenido está marcado en ellos como hecho por IA.",
  rights:
    "Puedes pedir que se corrija lo que esté mal y que se elimine todo, y reclamar ante una autoridad de control.",
  files: "Archivos",
  file: "Archivo",
  bytes: "Bytes",

  exportAbout: "guarda en un archivo todo lo que hay de una persona",
  eraseAbout: "elimina para siempre todo lo que hay de una persona",
  person: "el identificador de la persona; sin cuentas hay una sola, que no hace falta nombrar",
  out: "archivo que se escribe",
  language: "idioma del archivo: en o es",
  yes: "lo confirma; no se puede deshacer",
  written: "Escrito: {file}",
  erased: "Eliminado: {what}: {count}.",
  kept: "No eliminado: {what} ({count}): {why}",
  until: "{why} Hasta el {date} como máximo.",
};

export const texts = { en, es };
