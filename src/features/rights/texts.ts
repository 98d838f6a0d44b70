/** What the archive's page and the commands say, in both languages. */

const en = {
  title: "What this Charla keeps of you",
  about: "Everything that is stored of the person {person}, as of {date}.",
  purpose: "Purpose: to answer your questions in the chats that you hold, and to find them again.",
  noRecipients:
    "Recipients: none. Chats are stored and answered on the server of your organisation.",
  recipient: "Recipients: every chat is sent to {remote}, which writes the answers.",
  chatsStay: "Chats stay until you delete them.",
  chatsUnused: "Chats in which nothing was asked for {days} days are erased.",
  audit: "The log of administrative acts keeps what was done to your account for {months} months.",
  backups: "Backups are kept for {days} days, as the organisation says.",
  machine:
    "Answers were written by a machine. The JSON files say by which model, and when; such content is marked there as made by AI.",
  rights:
    "You can have what is wrong corrected, have all of it erased, and complain to a supervisory authority.",
  files: "Files",
  file: "File",
  bytes: "Bytes",

  exportAbout: "write everything that is stored of a person into one archive",
  eraseAbout: "erase everything that is stored of a person, for good",
  person: "the person's id; without accounts there is one, which need not be named",
  out: "file to write",
  language: "language of the archive: en or es",
  yes: "do it; nothing can be had back",
  written: "{file} is written.",
  erased: "Erased: {what}: {count}.",
  kept: "Not erased: {what} ({count}): {why}",
  until: "{why} Until {date} at the latest.",
};

const es: typeof en = {
  title: "Lo que esta Charla guarda de usted",
  about: "Todo lo que hay guardado de la persona {person}, a fecha de {date}.",
  purpose:
    "Finalidad: responder a sus preguntas en los chats que mantiene, y volver a encontrarlos.",
  noRecipients:
    "Destinatarios: ninguno. Los chats se guardan y se responden en el servidor de su organización.",
  recipient: "Destinatarios: cada chat se envía a {remote}, que escribe las respuestas.",
  chatsStay: "Los chats se guardan hasta que usted los borre.",
  chatsUnused: "Los chats en los que no se pregunta nada durante {days} días se suprimen.",
  audit:
    "El registro de actos administrativos conserva durante {months} meses lo que se hizo con su cuenta.",
  backups: "Las copias de seguridad se conservan {days} días, según dice la organización.",
  machine:
    "Las respuestas las escribió una máquina. Los archivos JSON dicen qué modelo y cuándo; ese contenido está marcado en ellos como hecho por IA.",
  rights:
    "Puede pedir que se corrija lo que esté mal y que se suprima todo, y reclamar ante una autoridad de control.",
  files: "Archivos",
  file: "Archivo",
  bytes: "Bytes",

  exportAbout: "escribir en un archivo todo lo que hay guardado de una persona",
  eraseAbout: "suprimir para siempre todo lo que hay guardado de una persona",
  person: "el identificador de la persona; sin cuentas hay una sola, que no hace falta nombrar",
  out: "archivo que se escribe",
  language: "idioma del archivo: en o es",
  yes: "hacerlo; nada se podrá recuperar",
  written: "{file} está escrito.",
  erased: "Suprimido: {what}: {count}.",
  kept: "No suprimido: {what} ({count}): {why}",
  until: "{why} Hasta el {date} como máximo.",
};

export const texts = { en, es };
