/**
 * What looks like personal data and is not: wrong check digits, and numbers of things. Each with
 * sentences of its own, since people say what such a number is.
 */
import { card, cif, dni, iban, nie, nss } from "./identifiers.ts";
import type { Random } from "./random.ts";
import type { Language } from "./sentences.ts";

interface NearMiss {
  readonly name: string;
  readonly make: (random: Random) => string;
  readonly sentences: Readonly<Record<Language, readonly string[]>>;
}

const say = (es: readonly string[], en: readonly string[]) => ({ es, en });
const ANY = say(
  ["Puse {v} y dijo que no era válido.", "El sistema rechaza {v}.", "Ejemplo mal escrito: {v}"],
  ["I typed {v} and it was refused.", "The system rejects {v}.", "A misspelt example: {v}"],
);

/** Another letter or digit at the end, so that the check fails. */
const spoil = (make: (random: Random) => string) => (random: Random) => {
  const good = make(random);
  const last = good.at(-1) as string;
  const others = /\d/.test(last) ? "0123456789" : "TRWAGMYFPDXBNJZSQVHLCKE";
  return good.slice(0, -1) + random.pick([...others].filter((one) => one !== last.toUpperCase()));
};
/** Digits alone, where the last one is the check. */
const spoilDigit = (make: (random: Random) => string) => (random: Random) => {
  const good = make(random);
  return good.slice(0, -1) + String((Number(good.at(-1)) + random.int(1, 9)) % 10);
};
/** A company's control can be a letter or a digit, so both are avoided. */
const wrongCompany = (random: Random) => {
  const good = cif(random).replaceAll("-", "");
  return `${good.slice(0, 7)}${(Number(good[7]) + 5) % 10}${good[8]}`;
};

const isbn = (random: Random) => {
  const twelve = `97884${random.digits(7)}`;
  let sum = 0;
  for (let at = 0; at < 12; at++) sum += Number(twelve[at]) * (at % 2 ? 3 : 1);
  const plain = twelve + String((10 - (sum % 10)) % 10);
  const group = `${plain.slice(0, 3)}-${plain.slice(3, 5)}-${plain.slice(5, 8)}-${plain.slice(8, 12)}-${plain[12]}`;
  return random.pick([plain, group]);
};

export const NEAR_MISSES: readonly NearMiss[] = [
  { name: "DNI, wrong letter", make: spoil(dni), sentences: ANY },
  { name: "NIE, wrong letter", make: spoil(nie), sentences: ANY },
  { name: "CIF, wrong control", make: wrongCompany, sentences: ANY },
  { name: "NSS, wrong control", make: spoilDigit(nss), sentences: ANY },
  { name: "IBAN, wrong check", make: spoilDigit(iban), sentences: ANY },
  { name: "card, wrong check", make: spoilDigit(card), sentences: ANY },
  {
    name: "order number",
    make: (random) => random.pick(["6", "7", "9"]) + random.digits(8),
    sentences: say(
      [
        "El pedido {v} llega el lunes.",
        "Pedido n.º {v}, estado: enviado.",
        "Sobre el pedido con referencia {v}, sigo sin noticias.",
      ],
      [
        "Order {v} arrives on Monday.",
        "Order no. {v}: shipped.",
        "About the order with reference {v}, no news yet.",
      ],
    ),
  },
  {
    name: "tracking number",
    make: (random) => `1Z999AA1${random.digits(10)}`,
    sentences: say(["Seguimiento: {v}"], ["Tracking: {v}"]),
  },
  {
    name: "ISBN",
    make: isbn,
    sentences: say(
      ["El libro tiene ISBN {v}.", "ISBN: {v}, segunda edición"],
      ["The book has ISBN {v}.", "ISBN: {v}, second edition"],
    ),
  },
  {
    name: "invoice number",
    make: (random) =>
      random.pick([
        `F-2024/${random.digits(6)}`,
        `2024-${random.digits(6)}`,
        `FV${random.digits(8)}`,
        `A/${random.digits(5)}`,
      ]),
    sentences: say(
      ["Factura {v} por 1.250,00 €.", "Adjunto la factura {v}."],
      ["Invoice {v} over 1,250.00 EUR.", "Invoice {v} attached."],
    ),
  },
  {
    name: "version",
    make: (random) =>
      `${random.int(1, 30)}.${random.int(0, 20)}.${random.int(0, 99)}.${random.int(0, 250)}`,
    sentences: say(
      ["Actualiza a la versión {v} del programa.", "Falla desde la v{v}."],
      ["Upgrade to version {v} of the tool.", "Broken since v{v}."],
    ),
  },
  {
    name: "date and time",
    make: (random) =>
      random.pick([
        `${random.int(10, 28)}/0${random.int(1, 9)}/2024 1${random.int(0, 9)}:30`,
        `2024-0${random.int(1, 9)}-${random.int(10, 28)}T1${random.int(0, 9)}:45:12Z`,
        `6.12.2024 18:${random.int(10, 59)}`,
      ]),
    sentences: say(
      ["La reunión es el {v}.", "Firmado el {v}."],
      ["The meeting is on {v}.", "Signed on {v}."],
    ),
  },
  {
    name: "amount",
    make: (random) =>
      random.pick([
        `${random.int(6, 9)}${random.digits(2)}.${random.digits(3)}.${random.digits(3)} €`,
        `${random.digits(3)}${random.digits(6)} EUR`,
        `47.${random.digits(3)}.${random.digits(3)}`,
      ]),
    sentences: say(
      ["En total fueron {v}.", "Son {v} en el censo."],
      ["It came to {v} in total.", "There are {v} in the census."],
    ),
  },
  {
    name: "UUID",
    make: (random) => [8, 4, 4, 4, 12].map((size) => random.of("0123456789abcdef", size)).join("-"),
    sentences: say(["El registro {v} no existe."], ["Record {v} does not exist."]),
  },
  {
    name: "hash",
    make: (random) => random.of("0123456789abcdef", random.pick([40, 64])),
    sentences: say(["El commit {v} lo arregla."], ["Commit {v} mends it."]),
  },
  {
    name: "coordinates",
    make: (random) => `40.${random.digits(6)}, -3.${random.digits(6)}`,
    sentences: say(["Estamos en {v}."], ["We are at {v}."]),
  },
  {
    name: "package",
    make: (random) =>
      `${random.pick(["lodash", "react", "zod", "@types/node"])}@${random.int(1, 20)}.${random.int(0, 20)}.${random.int(0, 9)}`,
    sentences: say(["Instala {v} y prueba."], ["Install {v} and try."]),
  },
  {
    name: "handle",
    make: (random) => `@${random.pick(["ana_gz", "dev.maria", "el_pais"])}${random.int(1, 99)}`,
    sentences: say(["Sígueme en {v}."], ["Follow me at {v}."]),
  },
  {
    name: "impossible address",
    make: (random) =>
      `${random.int(256, 999)}.${random.int(0, 255)}.${random.int(0, 255)}.${random.int(0, 255)}`,
    sentences: say(["El servidor {v} no responde."], ["The server {v} does not answer."]),
  },
  {
    name: "code",
    make: (random) =>
      random.pick([
        "std::vector<a::b>",
        "a::b::c",
        "Face::add(12)",
        `arr[${random.digits(4)}]`,
        `0x${random.of("0123456789abcdef", 8)}`,
        `#${random.of("0123456789abcdef", 6)}`,
      ]),
    sentences: say(["¿Qué hace `{v}` aquí?"], ["What does `{v}` do here?"]),
  },
  {
    name: "law or standard",
    make: (random) =>
      random.pick([
        `39/${random.int(1985, 2024)}`,
        `ISO ${random.digits(4)}:2015`,
        `2016/${random.digits(3)}`,
      ]),
    sentences: say(["Según la Ley {v}, artículo 21."], ["Under regulation {v}, article 21."]),
  },
  {
    name: "timestamp",
    make: (random) => `17${random.digits(random.pick([8, 11]))}`,
    sentences: say(["El campo created vale {v}."], ["The field created is {v}."]),
  },
  {
    name: "serial number",
    make: (random) =>
      random.pick([`SN-${random.digits(9)}`, `B${random.digits(7)}X`, `6${random.digits(8)}`]),
    sentences: say(["Número de serie {v}."], ["Serial number {v}."]),
  },
];
