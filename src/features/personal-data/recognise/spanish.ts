/**
 * Spain's identifiers: DNI, NIE, NIF of companies (CIF), social security, passport, plates.
 * Sources: Real Decreto 1065/2007, articles 18 to 24 (NIF); Orden EHA/451/2008 (companies); the
 * social security's own description of its number (two digits of control, modulo 97).
 */
import { digitsOf, hint, matches, type Recogniser, THINGS, words } from "./view.ts";

const LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";
const NIF = words("dni nif nie documento identidad identificacion identity id nacional titular");

const checks = (number: string, letter: string): boolean => LETTERS[Number(number) % 23] === letter;

const DNI =
  /(?<![A-Za-z0-9_.]|\d[-/,])(?:ES-?)?(?:\d{1,2}\.\d{3}\.\d{3}|\d{7,8})([-. ]{0,3})([A-Za-z])(?![A-Za-z0-9_])/g;

/** A small letter apart from its number may be a word ("12345678 y"), so it needs a reason. */
export const dni: Recogniser = (view) =>
  matches(view, DNI, (match) => {
    const [whole, gap = "", letter = ""] = match;
    const number = digitsOf(whole.slice(0, -1 - gap.length));
    if (number.length < 7 || !checks(number, letter.toUpperCase())) return undefined;
    const apart = gap.includes(" ") && !gap.includes("-");
    const doubtful = number.length < 8 || (apart && letter !== letter.toUpperCase());
    return doubtful && hint(view, match.index, { pro: NIF }) <= 0 ? undefined : "dni";
  });

const NIE =
  /(?<![A-Za-z0-9_])(?:ES-?)?([XYZKLMxyzklm])[-. ]{0,3}(\d[. ]?\d{3}[. ]?\d{3})[-. ]{0,3}([A-Za-z])(?![A-Za-z0-9_])/g;

/** K, L and M are NIFs of people without a DNI, counted over their seven digits alone. */
export const nie: Recogniser = (view) =>
  matches(view, NIE, ([, first = "", number = "", letter = ""]) => {
    const lead = "XYZ".indexOf(first.toUpperCase());
    const digits = (lead < 0 ? "" : String(lead)) + digitsOf(number);
    if (!checks(digits, letter.toUpperCase())) return undefined;
    return lead < 0 ? "dni" : "nie";
  });

const CIF =
  /(?<![A-Za-z0-9_])(?:ES-?)?([ABCDEFGHJNPQRSUVWabcdefghjnpqrsuvw])[-. ]{0,2}(\d{2}[. ]?\d{3}[. ]?\d{2})[-. ]{0,2}([0-9A-Ja-j])(?![A-Za-z0-9_]|[-.]\d)/g;
const COMPANY = words("cif nif vat iva sociedad empresa company sl sa slu fiscal tax id");

export const cif: Recogniser = (view) =>
  matches(view, CIF, (match) => {
    const [, kind = "", number = "", control = ""] = match;
    if (!controls(kind.toUpperCase(), digitsOf(number), control.toUpperCase())) return undefined;
    return hint(view, match.index, { pro: COMPANY, contra: THINGS }) < 0 ? undefined : "cif";
  });

function controls(kind: string, number: string, control: string): boolean {
  let sum = 0;
  for (const [index, digit] of [...number].map(Number).entries()) {
    const twice = digit * 2;
    sum += index % 2 === 0 ? (twice % 10) + Math.floor(twice / 10) : digit;
  }
  const check = (10 - (sum % 10)) % 10;
  const asLetter = "JABCDEFGHI"[check] === control;
  const asDigit = String(check) === control;
  if ("PQRSNW".includes(kind)) return asLetter;
  return "ABEH".includes(kind) ? asDigit : asLetter || asDigit;
}

const NSS =
  /(?<![A-Za-z0-9_]|\d[-/.,])(\d{2})([-/. ]?)(\d{7,8})([-/. ]?)(\d{2})(?![A-Za-z0-9_]|[-/.,]\d)/g;
const SECURITY = words("ss nss naf nuss seguridad social afiliacion security");

export const nss: Recogniser = (view) =>
  matches(view, NSS, (match) => {
    const [, province = "", , number = "", , control = ""] = match;
    if (!(Number(province) >= 1 && (Number(province) <= 53 || province === "66"))) return undefined;
    const serial = Number(number);
    const whole =
      serial < 10_000_000
        ? BigInt(province) * 10_000_000n + BigInt(serial)
        : BigInt(province + number);
    if (whole % 97n !== BigInt(control)) return undefined;
    const said = hint(view, match.index, { pro: SECURITY, contra: THINGS });
    return said < 0 || (number.length === 7 && said <= 0) ? undefined : "nss";
  });

const PASSPORT = /(?<![A-Za-z0-9_])(?=[A-Za-z0-9]{0,3}\d{5})[A-Za-z0-9]{8,9}(?![A-Za-z0-9_])/g;
const TRAVEL = words("pasaporte passport pasaportes passports");

/** Without a check digit outside of its machine-readable zone, so the word has to be there. */
export const passport: Recogniser = (view) =>
  matches(view, PASSPORT, (match) =>
    hint(view, match.index, { pro: TRAVEL, contra: THINGS }) > 0 ? "passport" : undefined,
  );

const PLATE =
  /(?<![A-Za-z0-9_])(?:\d{4}[- ]?[BCDFGHJ-NPRSTV-Zbcdfghj-nprstv-z]{3}|[A-Za-z]{1,2}[- ]?\d{4}[- ]?[A-Za-z]{1,2})(?![A-Za-z0-9_])/g;
const CAR = words(`
  matricula matriculas coche coches vehiculo vehiculos furgoneta moto motocicleta camion turismo
  plate plates car cars vehicle van lorry truck motorbike licence license registration
`);

export const plate: Recogniser = (view) =>
  matches(view, PLATE, (match) =>
    hint(view, match.index, { pro: CAR, contra: THINGS }) > 0 ? "plate" : undefined,
  );
