/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "offline.back": "The server is there again.",
  "offline.cannot": "This browser cannot run a model",
  "offline.cannot.text":
    "It lacks 64-bit memory for WebAssembly. Chrome, Edge (from version 133) and Firefox (from 134) have it; Safari does not yet.",
  "offline.chats": "Chats that are kept here",
  "offline.cut": "Cut off when the page was closed.",
  "offline.delete": "Delete this chat",
  "offline.deleteSure": "It is nowhere else, and cannot be had back.",
  "offline.home": "Open Charla",
  "offline.lead":
    "{model} answers in this browser. What you write stays here, sealed, until your server is there again.",
  "offline.loading": "Loading {model} from this browser's storage…",
  "offline.model": "Model: {model}",
  "offline.nobody": "Nobody is signed in",
  "offline.nobody.text":
    "Open Charla once while its server can be reached, and sign in if it asks you to. Chats that are kept here are shown to their own person only.",
  "offline.not": "What does not work here",
  "offline.not.account":
    "Your chats on the server, the search and folders: they are not in this browser.",
  "offline.not.files": "Files, tools and what needs the network.",
  "offline.not.instructions":
    "Your instructions for all chats and the organisation's own words; a chat's instructions do work.",
  "offline.not.masked":
    "Masking of personal data: it is done when the chat goes home, before it is stored there.",
  "offline.not.more": "Other answers, editing and branches: at home they work again.",
  "offline.not.proof": "Receipts and the watermark: answers from here have none, at home neither.",
  "offline.note": "Written in this browser: no receipt and no watermark.",
  "offline.numbers": "{tokens} tokens, {speed} tokens/s, first one after {first}",
  "offline.nothing": "Nothing was taken along",
  "offline.nothing.text":
    "Open Charla while its server can be reached, and choose “Take along” in the menu under the list.",
  "offline.sent": "{n} chats are there now.",
  "offline.sent.one": "1 chat is there now.",
  "offline.settings": "Settings of this chat",
  "offline.title": "Without the server",
  "offline.waits": "{n} chats wait for the server.",
  "offline.waits.one": "1 chat waits for the server.",
  "offline.welcome": "What shall we talk about?",
  "sampling.hint": "Leave a field empty for the usual value.",
  "sampling.maxTokens": "Longest answer, in tokens",
  "sampling.seed": "Seed",
  "sampling.systemPrompt": "Instructions",
  "sampling.temperature": "Temperature",
  "sampling.topP": "Top P",
  "take.app": "Install as an app",
  "take.app.hint":
    "In a window of its own, with an icon; it opens without a network. If there is no button here, your browser's menu may have one.",
  "take.cancel": "Cancel",
  "take.done": "In this browser",
  "take.engine": "Engine",
  "take.evict":
    "The browser may take its room back: Safari after 7 days without a visit, others when the disk is full. What you wrote and was not sent home would be lost with it.",
  "take.facts": "{size} · {quantisation} · {licence}",
  "take.large": "Too large for a browser (2 GB at most).",
  "take.lead":
    "Brings a model and the engine (wllama, {engine}) into this browser. Then it answers without a network and without a server, and your chats go home when the server is there again.",
  "take.missing": "The server has no model of its own that could be taken along.",
  "take.no.failed": "{name} could not be kept in this browser.",
  "take.no.failed.hint": "Close other tabs of Charla, and try again.",
  "take.no.full": "There is no room left in this browser for {name}.",
  "take.no.full.hint": "Remove a model here, or free some of the disk.",
  "take.no.offline": "The download was cut.",
  "take.no.offline.hint": "What has arrived is kept. Go on when the server can be reached.",
  "take.no.wrong": "{name} did not arrive as it should be, and was removed.",
  "take.no.wrong.hint":
    "Take it along again. If it happens again, the server's file may be damaged.",
  "take.open": "Chat without the server",
  "take.progress": "Taking {name} along",
  "take.received": "{received} of {total}",
  "take.remove": "Remove",
  "take.resume": "Go on",
  "take.start": "Take along",
  "take.template": "It does not say how a chat is written down for it.",
  "take.unsupported": "This browser keeps no files for pages, so nothing can be taken along.",
  "take.used": "{used} of this browser's room are used by Charla.",
};

export const es: typeof en = {
  "offline.back": "El servidor ha vuelto.",
  "offline.cannot": "Este navegador no puede ejecutar un modelo",
  "offline.cannot.text":
    "Le falta memoria de 64 bits para WebAssembly. La tienen Chrome, Edge (desde la versión 133) y Firefox (desde la 134); Safari todavía no.",
  "offline.chats": "Chats que se guardan aquí",
  "offline.cut": "Cortada al cerrarse la página.",
  "offline.delete": "Eliminar este chat",
  "offline.deleteSure": "No está en ningún otro sitio y no se puede recuperar.",
  "offline.home": "Abrir Charla",
  "offline.lead":
    "{model} responde en este navegador. Lo que escribas se queda aquí, cifrado, hasta que vuelva tu servidor.",
  "offline.loading": "Cargando {model} desde este navegador…",
  "offline.model": "Modelo: {model}",
  "offline.nobody": "No hay ninguna sesión iniciada",
  "offline.nobody.text":
    "Abre Charla una vez mientras se pueda conectar con su servidor e inicia sesión si te lo pide. Los chats que se guardan aquí solo se muestran a quien los escribió.",
  "offline.not": "Lo que aquí no funciona",
  "offline.not.account":
    "Tus chats del servidor, la búsqueda y las carpetas: no están en este navegador.",
  "offline.not.files": "Los archivos, las herramientas y lo que necesita la red.",
  "offline.not.instructions":
    "Tus instrucciones para todos los chats y el texto de tu organización; las instrucciones de un chat sí funcionan.",
  "offline.not.masked":
    "Ocultar datos personales: se hace cuando el chat vuelve a casa, antes de guardarlo allí.",
  "offline.not.more": "Otras respuestas, editar y las ramas: en casa vuelven a funcionar.",
  "offline.not.proof":
    "Los recibos y la marca de agua: las respuestas de aquí no los llevan, en casa tampoco.",
  "offline.note": "Escrita en este navegador: sin recibo y sin marca de agua.",
  "offline.numbers": "{tokens} tokens, {speed} tokens/s, el primero tras {first}",
  "offline.nothing": "No has traído nada",
  "offline.nothing.text":
    "Abre Charla mientras se pueda conectar con su servidor y elige «Llevar conmigo» en el menú bajo la lista.",
  "offline.sent": "{n} chats ya están allí.",
  "offline.sent.one": "1 chat ya está allí.",
  "offline.settings": "Ajustes de este chat",
  "offline.title": "Sin el servidor",
  "offline.waits": "{n} chats esperan al servidor.",
  "offline.waits.one": "1 chat espera al servidor.",
  "offline.welcome": "¿De qué hablamos?",
  "sampling.hint": "Si dejas un campo vacío, vale lo habitual.",
  "sampling.maxTokens": "Respuesta más larga, en tokens",
  "sampling.seed": "Semilla",
  "sampling.systemPrompt": "Instrucciones",
  "sampling.temperature": "Temperatura",
  "sampling.topP": "Top P",
  "take.app": "Instalar como aplicación",
  "take.app.hint":
    "En una ventana propia y con un icono; se abre sin red. Si aquí no hay un botón, puede que esté en el menú de tu navegador.",
  "take.cancel": "Cancelar",
  "take.done": "En este navegador",
  "take.engine": "Motor",
  "take.evict":
    "El navegador puede recuperar ese espacio: Safari tras 7 días sin visitas, otros cuando el disco está lleno. Con él se perdería lo que hayas escrito y no se haya enviado.",
  "take.facts": "{size} · {quantisation} · {licence}",
  "take.large": "Demasiado grande para un navegador (2 GB como máximo).",
  "take.lead":
    "Trae a este navegador un modelo y el motor (wllama, {engine}). Después responde sin red y sin servidor, y tus chats vuelven a casa cuando el servidor está de vuelta.",
  "take.missing": "El servidor no tiene ningún modelo propio que puedas llevarte.",
  "take.no.failed": "No se ha podido guardar {name} en este navegador.",
  "take.no.failed.hint": "Cierra otras pestañas de Charla e inténtalo de nuevo.",
  "take.no.full": "En este navegador no queda espacio para {name}.",
  "take.no.full.hint": "Quita un modelo de aquí o libera espacio en el disco.",
  "take.no.offline": "La descarga se ha cortado.",
  "take.no.offline.hint":
    "Lo que ha llegado se guarda. Sigue cuando se pueda conectar con el servidor.",
  "take.no.wrong": "{name} no ha llegado como debía y se ha eliminado.",
  "take.no.wrong.hint":
    "Llévalo otra vez. Si vuelve a pasar, puede que el archivo del servidor esté dañado.",
  "take.open": "Chatear sin el servidor",
  "take.progress": "Trayendo {name}",
  "take.received": "{received} de {total}",
  "take.remove": "Quitar",
  "take.resume": "Seguir",
  "take.start": "Llevar conmigo",
  "take.template": "No dice cómo se escribe un chat para él.",
  "take.unsupported":
    "Este navegador no guarda archivos para páginas, así que no puedes llevarte nada.",
  "take.used": "Charla usa {used} del espacio de este navegador.",
};

export const t = words(en, es);
