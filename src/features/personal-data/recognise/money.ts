/**
 * Accounts and cards. IBAN: ISO 13616, checked by ibantools with each country's own rules. Cards:
 * ISO/IEC 7812, by issuer, length and Luhn's digit.
 */
import { countrySpecs, isValidIBAN } from "ibantools";
import { digitsOf, hint, matches, type Recogniser, THINGS, words } from "./view.ts";

const IBAN = /(?<![A-Za-z0-9_])([A-Za-z]{2})[-. ]?\d[-. ]?\d(?=[-. ]?[A-Za-z0-9])/g;
const PART = /[-. ]{0,2}([A-Za-z0-9])/y;

export const iban: Recogniser = (view) =>
  matches(view, IBAN, (match) => {
    const country = (match[1] ?? "").toUpperCase();
    const length = countrySpecs[country]?.chars;
    if (!length) return undefined;
    let plain = country + digitsOf(match[0]);
    let end = match.index + match[0].length;
    while (plain.length < length) {
      PART.lastIndex = end;
      const part = PART.exec(view.text);
      if (!part) return undefined;
      plain += (part[1] ?? "").toUpperCase();
      end = PART.lastIndex;
    }
    if (/[A-Za-z0-9_]/.test(view.text[end] ?? "") || !isValidIBAN(plain)) return undefined;
    return { kind: "iban", end };
  });

const CARD = /(?<![A-Za-z0-9_]|\d[-./,])\d(?:[- ]?\d){11,18}(?![A-Za-z0-9_]|[-./,]\d)/g;
const PAYS = words(
  "tarjeta tarjetas card cards visa mastercard amex credito debito pan credit debit",
);

/** Issuers by the beginnings of their numbers, with the lengths that they give out. */
const ISSUERS: ReadonlyArray<readonly [beginning: RegExp, lengths: readonly number[]]> = [
  [/^4/, [13, 16, 19]], // Visa
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]], // Mastercard
  [/^3[47]/, [15]], // American Express
  [/^(?:6011|64[4-9]|65)/, [16, 17, 18, 19]], // Discover
  [/^(?:30[0-5]|3095|36|38|39)/, [14, 16, 19]], // Diners
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]], // JCB
  [/^62/, [16, 17, 18, 19]], // UnionPay
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [12, 13, 14, 15, 16, 17, 18, 19]], // Maestro
];

export const card: Recogniser = (view) =>
  matches(view, CARD, (match) => {
    const start = match.index;
    const said = hint(view, start, { pro: PAYS, contra: THINGS });
    if (said < 0) return undefined;
    // More digits before it: an account whose check failed, or a list of numbers.
    if (said === 0 && /\d[- ]$/.test(view.text.slice(start - 2, start))) return undefined;
    // Another number may follow after a space, so the longest beginning of groups that fits counts.
    for (let end = start + match[0].length; end > start; end = lastGap(view.text, start, end)) {
      const digits = digitsOf(view.text.slice(start, end));
      if (digits.length < 12) return undefined;
      const known = ISSUERS.some(([at, sizes]) => at.test(digits) && sizes.includes(digits.length));
      // Thirteen digits are also how articles are numbered (EAN), and one in ten passes.
      const short = digits.length < 14 || digits.length > 16;
      if (known && luhn(digits) && (!short || said > 0)) return { kind: "card", end };
    }
    return undefined;
  });

/** Where the last group of digits ends before `end`, or `start`. */
function lastGap(text: string, start: number, end: number): number {
  for (let at = end - 1; at > start; at--) if (text[at] === " ") return at;
  return start;
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    const twice = digit * 2;
    sum += at % 2 === 0 ? digit : twice > 9 ? twice - 9 : twice;
  }
  return sum % 10 === 0 && /[1-9]/.test(digits);
}
