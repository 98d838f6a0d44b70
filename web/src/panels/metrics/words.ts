/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "engine.busy": "Working",
  "engine.curve": "Tokens a second over the last minute, {n} at most",
  "engine.fromDisk": "Prompts served from disk",
  "engine.fromMemory": "Prompts served from the cache",
  "engine.kv": "KV cache",
  "engine.lastFailure": "Restarted because: {reason}",
  "engine.looking": "Looking at the engine",
  "engine.memory": "Memory",
  "engine.none": "No model is in the memory of this server.",
  "engine.of": "{part} of {whole}",
  "engine.queued": "Waiting",
  "engine.refused": "Refused",
  "engine.rest": "Idle",
  "engine.restarts": "Restarts",
  "engine.running": "Answers in progress: {n}",
  "engine.server": "The server itself uses {memory} of memory.",
  "engine.slots": "Busy slots",
  "engine.speed": "Speed",
  "engine.written": "Tokens written",
};

export const es: typeof en = {
  "engine.busy": "Trabajando",
  "engine.curve": "Tokens por segundo en el último minuto, {n} como máximo",
  "engine.fromDisk": "Prompts servidos desde el disco",
  "engine.fromMemory": "Prompts servidos por la caché",
  "engine.kv": "Caché KV",
  "engine.lastFailure": "Se reinició porque: {reason}",
  "engine.looking": "Consultando el motor",
  "engine.memory": "Memoria",
  "engine.none": "No hay ningún modelo en la memoria de este servidor.",
  "engine.of": "{part} de {whole}",
  "engine.queued": "En la cola",
  "engine.refused": "Rechazadas",
  "engine.rest": "En reposo",
  "engine.restarts": "Reinicios",
  "engine.running": "Respuestas en curso: {n}",
  "engine.server": "El propio servidor ocupa {memory} de memoria.",
  "engine.slots": "Slots ocupados",
  "engine.speed": "Velocidad",
  "engine.written": "Tokens escritos",
};

export const t = words(en, es);
