/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "details.adapter": "Adapter",
  "details.adapterDigest": "SHA-256 of the adapter",
  "details.cached": "Read from the cache",
  "details.completion": "Answer",
  "details.continued": "Times continued",
  "details.device": "Runs on",
  "details.dropped": "Messages left out",
  "details.edited": "Edited by you",
  "details.first": "First token after",
  "details.model": "Model",
  "details.more": "More",
  "details.prompt": "Prompt",
  "details.quantisation": "Quantisation",
  "details.sampler": "Sampler",
  "details.seed": "Seed",
  "details.speed": "Speed",
  "details.template": "SHA-256 of the template",
  "details.title": "Details of the answer",
  "details.total": "Whole answer",
  "details.window": "Context window",
};

export const es: typeof en = {
  "details.adapter": "Adaptador",
  "details.adapterDigest": "SHA-256 del adaptador",
  "details.cached": "Leídos de la caché",
  "details.completion": "Respuesta",
  "details.continued": "Veces continuada",
  "details.device": "Funciona en",
  "details.dropped": "Mensajes omitidos",
  "details.edited": "Editada por ti",
  "details.first": "Primer token tras",
  "details.model": "Modelo",
  "details.more": "Más",
  "details.prompt": "Prompt",
  "details.quantisation": "Cuantización",
  "details.sampler": "Muestreo",
  "details.seed": "Semilla",
  "details.speed": "Velocidad",
  "details.template": "SHA-256 de la plantilla",
  "details.title": "Detalles de la respuesta",
  "details.total": "Respuesta completa",
  "details.window": "Ventana de contexto",
};

export const t = words(en, es);
