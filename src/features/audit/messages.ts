/** What `charla audit` says, in both languages of the terminal. */

const en = {
  about: "check or export the audit log",
  verify: "read the whole log and see that nothing in it was changed",
  head: "the end of the log at an earlier look, which must be in it still",
  json: "print JSON",
  export: "print the log as JSON lines, oldest first",
  empty: "The log is empty.",
  holds: "The log holds: {rows} entries, none changed. Its end, to note elsewhere: {head}",
};

const es: typeof en = {
  about: "comprueba o exporta el registro de auditoría",
  verify: "lee todo el registro y comprueba que nada ha cambiado",
  head: "el final del registro en una revisión anterior, que debe seguir en él",
  json: "imprime JSON",
  export: "imprime el registro en líneas JSON, primero lo más antiguo",
  empty: "El registro está vacío.",
  holds:
    "El registro está íntegro: {rows} entradas, ninguna cambiada. Su final, para anotarlo en otro sitio: {head}",
};

export const messages = { en, es };
