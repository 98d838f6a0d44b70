/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "jobs.cancel": "Cancel",
  "jobs.ended": "Ended",
  "jobs.log": "Log",
  "jobs.none": "Nothing is under way. Downloads and other long work are shown here.",
  "jobs.now": "Under way",
  "jobs.others": "Somebody else's",
  "jobs.progress": "Progress of {name}",
  "jobs.of": "{done} of {total}",
  "jobs.reading": "Reading the jobs",
  "jobs.remove": "Remove from the list",
  "jobs.resume": "Resume",
  "jobs.running": "Jobs under way: {n}",
  "jobs.state.cancelled": "Cancelled",
  "jobs.state.done": "Done",
  "jobs.state.failed": "Failed",
  "jobs.state.paused": "Paused",
  "jobs.state.queued": "Waiting",
  "jobs.state.running": "Running",
};

export const es: typeof en = {
  "jobs.cancel": "Cancelar",
  "jobs.ended": "Acabadas",
  "jobs.log": "Registro",
  "jobs.none": "No hay nada en marcha. Aquí se ven las descargas y otras tareas largas.",
  "jobs.now": "En marcha",
  "jobs.others": "De otra persona",
  "jobs.progress": "Progreso de {name}",
  "jobs.of": "{done} de {total}",
  "jobs.reading": "Leyendo las tareas",
  "jobs.remove": "Quitar de la lista",
  "jobs.resume": "Reanudar",
  "jobs.running": "Tareas en marcha: {n}",
  "jobs.state.cancelled": "Cancelada",
  "jobs.state.done": "Terminada",
  "jobs.state.failed": "Ha fallado",
  "jobs.state.paused": "En pausa",
  "jobs.state.queued": "En espera",
  "jobs.state.running": "En marcha",
};

export const t = words(en, es);
