/** What the offline verifier says around its report. */

export const en = {
  title: "Is this proved?",
  lead: "Drop a receipt, an export or an anonymous proof of Charla here, or paste it. Nothing leaves this file: it cannot reach any network.",
  given: "Receipt or export",
  choose: "Choose a file",
  check: "Check",
  more: "Compare with a text, a key that you trust, or what you have asked for",
  text: "The text that you hold",
  key: "Public key of the log, as the organisation gives it out",
  scope: "Of an anonymous proof: the name that you have given out",
  challenge: "Of an anonymous proof: the challenge that you have given out",
  seen: "Numbers of the proofs that you took before",
  badKey: "This is not the public key of a log.",
  numbers: "Numbers",
  other: "Español",
};

export const es: typeof en = {
  title: "¿Está demostrado?",
  lead: "Suelta aquí un recibo, una exportación o una prueba anónima de Charla, o pégalo. Nada sale de este archivo: no puede llegar a ninguna red.",
  given: "Recibo o exportación",
  choose: "Elegir un archivo",
  check: "Comprobar",
  more: "Comparar con un texto, con una clave en la que confías o con lo que has pedido",
  text: "El texto que tienes",
  key: "Clave pública del registro, como la da la organización",
  scope: "De una prueba anónima: el nombre que has dado",
  challenge: "De una prueba anónima: el reto que has dado",
  seen: "Números de las pruebas que aceptaste antes",
  badKey: "Esto no es la clave pública de un registro.",
  numbers: "Números",
  other: "English",
};
