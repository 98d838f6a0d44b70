/** What `charla jobs` says, in both languages of the terminal. */

const en = {
  about: "show, cancel and resume long work, such as downloads",
  list: "list the jobs, newest first",
  watch: "watch the jobs while they run; arrows choose one, c cancels it",
  keys: "Up and down choose a job, c cancels it, r resumes it, q leaves.",
  noServer: "No server runs on this data folder, so nothing is being worked on.",
  stopped: "The server has stopped.",
  jsonLines: "print each state of the list as a line of JSON",
  log: "show a job's log",
  cancel: "cancel a job",
  resume: "go on with a job that has failed or was cancelled: at once, or when the server starts",
  id: "id of a job, as `charla jobs list` shows it",
  json: "print JSON",
  columns: ["ID", "STATE", "DONE", "WHAT"],
  none: "There are no jobs.",
  queued: "waiting",
  running: "running",
  paused: "paused",
  done: "done",
  failed: "failed",
  cancelled: "cancelled",
};

const es: typeof en = {
  about: "muestra, cancela y reanuda tareas largas, como las descargas",
  list: "lista las tareas, primero las más nuevas",
  watch: "sigue las tareas mientras avanzan; las flechas eligen una y c la cancela",
  keys: "Arriba y abajo eligen una tarea, c la cancela, r la reanuda, q sale.",
  noServer: "Ningún servidor usa esta carpeta de datos, así que no avanza ninguna tarea.",
  stopped: "El servidor se ha detenido.",
  jsonLines: "imprime cada estado de la lista como una línea de JSON",
  log: "muestra el registro de una tarea",
  cancel: "cancela una tarea",
  resume: "reanuda una tarea que falló o se canceló: en el acto, o cuando arranque el servidor",
  id: "id de una tarea, como lo muestra `charla jobs list`",
  json: "imprime JSON",
  columns: ["ID", "ESTADO", "HECHO", "QUÉ"],
  none: "No hay tareas.",
  queued: "en espera",
  running: "en marcha",
  paused: "en pausa",
  done: "terminada",
  failed: "fallida",
  cancelled: "cancelada",
};

export const messages = { en, es };
