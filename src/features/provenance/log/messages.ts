/** What `charla log` says. */
import type { Fault } from "./whole.ts";

const en = {
  about: "show, check and cosign the log of what this server stands by",
  status:
    "show the log's name, how many entries it has, who has signed it, and where it is anchored",
  checkpoint: "print the newest checkpoint, for a witness or for safekeeping",
  key: "print the log's public keys, the one that signs now first",
  rotate: "sign with another key from now on; the log says so",
  check: "read the whole log again, and compare it with its checkpoint, its anchors and its groups",
  url: "another server's log, by the server's address; one's own where none is named",
  trusted: "the key of the other log that you trust, as its `charla log key` prints it",
  kept: "a checkpoint of the other log that you have kept: the log still has to begin with it",
  told: (key: string) =>
    `Signed by the key that the server itself names: ${key}\nNobody else vouches for it; with --key you say which one you trust.`,
  cosign: "take the cosignature of a witness of the policy",
  file: "the newest checkpoint with the witness's line; - reads what is piped in",
  json: "JSON for programs",
  name: (origin: string) => `Log: ${origin}`,
  size: (size: number) => `Entries: ${size}`,
  signed: (names: string) => `Signed by: ${names}`,
  anchored: (size: number, chain: number, at: string) =>
    `Anchored: ${size} entries, on chain ${chain}, ${at}`,
  development: "A chain for development on one machine: it proves nothing to others.",
  nowhere: "Anchored: nowhere",
  holds: (size: number, anchors: number) =>
    `Everything holds: ${size} entries, their checkpoint, ${anchors} anchors, and every group in it.`,
  broken: "The log does not hold. Keep this database as it is, and find out why:",
  unsigned: "The newest checkpoint is not signed by the log's key.",
  fault: ({ what, at }: Fault): string =>
    ({
      checkpoint: `The checkpoint at ${at} entries has another root.`,
      anchor: `The anchor at ${at} entries has another root.`,
      entry: `Entry ${at} is not canonical JSON.`,
      group: `Entry ${at} names a group that is not the one of the entries before.`,
      missing: `There was a state of ${at} entries; the log has fewer.`,
    })[what],
};

const es: typeof en = {
  about: "muestra, comprueba y cofirma el registro de lo que este servidor sostiene",
  status:
    "muestra el nombre del registro, cuántas entradas tiene, quién lo firmó y dónde está anclado",
  checkpoint: "imprime el punto de control más nuevo, para un testigo o para guardarlo",
  key: "imprime las claves públicas del registro, primero la que firma ahora",
  rotate: "firma con otra clave desde ahora; el registro lo dice",
  check:
    "lee otra vez el registro entero y lo compara con su punto de control, sus anclajes y sus grupos",
  url: "el registro de otro servidor, por la dirección del servidor; el propio si no se indica",
  trusted: "la clave del otro registro en la que confías, como la imprime su `charla log key`",
  kept: "un punto de control del otro registro que guardaste: el registro aún debe empezar por él",
  told: (key) =>
    `Firmado con la clave que dice el propio servidor: ${key}\nNadie más responde de ella; con --key dices en cuál confías.`,
  cosign: "acepta la cofirma de un testigo de la política",
  file: "el punto de control más nuevo con la línea del testigo; - lee lo que llega por la tubería",
  json: "JSON para programas",
  name: (origin) => `Registro: ${origin}`,
  size: (size) => `Entradas: ${size}`,
  signed: (names) => `Firmado por: ${names}`,
  anchored: (size, chain, at) => `Anclado: ${size} entradas, en la cadena ${chain}, ${at}`,
  development: "Una cadena de desarrollo en un solo equipo: no demuestra nada a otros.",
  nowhere: "Anclado: en ninguna parte",
  holds: (size, anchors) =>
    `Todo se cumple: ${size} entradas, su punto de control, ${anchors} anclajes y cada grupo.`,
  broken: "El registro no se cumple. Deja esta base de datos como está y averigua por qué:",
  unsigned: "El punto de control más nuevo no está firmado con la clave del registro.",
  fault: ({ what, at }) =>
    ({
      checkpoint: `El punto de control con ${at} entradas tiene otra raíz.`,
      anchor: `El anclaje con ${at} entradas tiene otra raíz.`,
      entry: `La entrada ${at} no es JSON canónico.`,
      group: `La entrada ${at} nombra un grupo que no es el de las entradas anteriores.`,
      missing: `Hubo un estado de ${at} entradas; el registro tiene menos.`,
    })[what],
};

export const messages = { en, es };
