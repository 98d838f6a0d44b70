/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  always: "Read answers aloud as they are written",
  dictation: "Dictation",
  discard: "Throw away",
  fetch: "Download",
  "fetch.one": "Download {name}",
  "fetch.usual": "Download the usual parts ({size})",
  fetching: "Downloading: {done} of {total}",
  finish: "Done",
  "hears.browser": "Your browser writes down what you say, on this machine and nowhere else.",
  "hears.none":
    "Nothing here writes down what you say in this language yet. Browsers that would send your voice elsewhere are not used.",
  "hears.server":
    "This server writes down what you say. You see the text before you send it; the recording is not kept.",
  "kind.data": "sounds of languages",
  "kind.engine": "needed by all",
  "kind.hears": "hears",
  "kind.speaks": "speaks",
  level: "How loud it is",
  "note.denied":
    "The browser does not let this page use the microphone. Allow it by the symbol beside the address, then try again.",
  "note.insecure":
    "Browsers give the microphone only to pages that come by HTTPS or from this machine. Ask an administrator for an address with HTTPS.",
  "note.missing": "No microphone was found, or another program is using it.",
  "note.nothing": "Nothing was heard.",
  "note.setup":
    "Nothing on this server or in your browser can write down what you say in this language yet.",
  "phase.asking": "Waiting for the browser to let the microphone be used…",
  "phase.hearing": "Writing down what you said…",
  "phase.listening": "Listening…",
  "read.goOn": "Go on reading",
  "read.noVoice": "There is no voice for this language ({language}) here.",
  "read.noVoice.hint":
    "An administrator downloads one in the panel “Voice”, or you install one on your system.",
  "read.pause": "Pause",
  "read.paused": "Paused",
  "read.reading": "Reading the answer aloud",
  "read.speed": "Speed",
  "read.stop": "Stop reading",
  "read.waiting": "Getting ready to read…",
  reader: "Reading aloud",
  remove: "Delete",
  "remove.one": "Delete {name}",
  server: "On this server",
  "server.lead":
    "What hears and speaks is not part of the installation. It is downloaded once, checked by its digest, and works without a network from then on.",
  "setup.open": "What it takes",
  "speaks.browser": "A voice that is installed on your machine reads answers aloud.",
  "speaks.none": "There is no voice for this language here yet.",
  "speaks.server": "This server reads answers aloud, from the menu under each.",
  "state.absent": "not here",
  "state.fetching": "on its way",
  "state.ready": "here",
  "voice.lead":
    "Hold the microphone beside your message while you speak, or click once to begin and once to end.",
};

export const es: typeof en = {
  always: "Leer las respuestas en voz alta mientras se escriben",
  dictation: "Dictado",
  discard: "Descartar",
  fetch: "Descargar",
  "fetch.one": "Descargar {name}",
  "fetch.usual": "Descargar lo habitual ({size})",
  fetching: "Descargando: {done} de {total}",
  finish: "Listo",
  "hears.browser": "Tu navegador escribe lo que dices en este equipo y en ningún otro sitio.",
  "hears.none":
    "Aquí todavía nada escribe lo que dices en este idioma. Los navegadores que enviarían tu voz a otro sitio no se usan.",
  "hears.server":
    "Este servidor escribe lo que dices. Ves el texto antes de enviarlo y la grabación no se guarda.",
  "kind.data": "sonidos de los idiomas",
  "kind.engine": "lo necesitan todos",
  "kind.hears": "escucha",
  "kind.speaks": "habla",
  level: "Volumen",
  "note.denied":
    "El navegador no deja que esta página use el micrófono. Permítelo con el símbolo junto a la dirección y vuelve a intentarlo.",
  "note.insecure":
    "Los navegadores solo dan el micrófono a páginas que llegan por HTTPS o desde este equipo. Pide una dirección con HTTPS a un administrador.",
  "note.missing": "No se ha encontrado ningún micrófono o lo está usando otro programa.",
  "note.nothing": "No se ha oído nada.",
  "note.setup":
    "Ni este servidor ni tu navegador pueden escribir todavía lo que dices en este idioma.",
  "phase.asking": "Esperando a que el navegador permita usar el micrófono…",
  "phase.hearing": "Escribiendo lo que has dicho…",
  "phase.listening": "Escuchando…",
  "read.goOn": "Seguir leyendo",
  "read.noVoice": "Aquí no hay ninguna voz para este idioma ({language}).",
  "read.noVoice.hint":
    "Un administrador descarga una en el panel «Voz», o instala tú una en tu sistema.",
  "read.pause": "Pausa",
  "read.paused": "En pausa",
  "read.reading": "Leyendo la respuesta en voz alta",
  "read.speed": "Velocidad",
  "read.stop": "Dejar de leer",
  "read.waiting": "Preparando la lectura…",
  reader: "Lectura en voz alta",
  remove: "Eliminar",
  "remove.one": "Eliminar {name}",
  server: "En este servidor",
  "server.lead":
    "Lo que escucha y habla no forma parte de la instalación. Se descarga una vez, se comprueba por su huella y desde entonces funciona sin red.",
  "setup.open": "Qué hace falta",
  "speaks.browser": "Una voz instalada en tu equipo lee las respuestas en voz alta.",
  "speaks.none": "Aquí todavía no hay ninguna voz para este idioma.",
  "speaks.server": "Este servidor lee las respuestas en voz alta, desde el menú de cada una.",
  "state.absent": "no está aquí",
  "state.fetching": "en camino",
  "state.ready": "está aquí",
  "voice.lead":
    "Mantén pulsado el micrófono junto a tu mensaje mientras hablas, o pulsa una vez para empezar y otra para terminar.",
};

export const t = words(en, es);
