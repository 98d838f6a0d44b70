/** What `charla membership` says. */
const en = {
  about: "let people prove that an answer in the log is theirs, without saying which",
  setup: "download what proves it (109 MB, of which 6 MB stay)",
  remove: "remove it again",
  size: "One package, 109 MB; two files of it stay, 6 MB.",
  ready: "Ready. In the page: Anonymous proofs.",
  removed: "Removed.",
};

const es: typeof en = {
  about: "permite demostrar que una respuesta del registro es de uno, sin decir cuál",
  setup: "descarga lo que lo demuestra (109 MB, de los que quedan 6 MB)",
  remove: "lo elimina",
  size: "Un paquete, 109 MB; quedan dos de sus archivos, 6 MB.",
  ready: "Listo. En la página: Pruebas anónimas.",
  removed: "Eliminado.",
};

export const messages = { en, es };
