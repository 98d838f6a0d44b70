/**
 * Telephones, by the plan of every country (libphonenumber); e-mail; and addresses of machines.
 * A number without its country is taken for a Spanish one, or, where a word says that it is a
 * telephone, for a British or North American one.
 */
import { isIPv4, isIPv6 } from "node:net";
import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js/max";
import { hint, matches, type Recogniser, THINGS, type View, words } from "./view.ts";

const BEGINS = /(?<![A-Za-z0-9_+]|\d[-./,:]|\d ?\()(?:\(?\+ ?|\(?00(?=[1-9])|\((?=\d))?\d/g;
/** From one digit to the next. */
const STEP = /(?:\) ?[-.]? ?\(?|[-. /]{0,2}\(|[-./]| -? ?)?(\d)/y;
/** How Spanish numbers are grouped; anything else needs a word that says what it is. */
const GROUPS = /^(?:9|333|3222|2322|2232|27|36|63|234|243|342|324)$/;
const CALLS = words(`
  tel telefono telefonos tlf tlfno tfno tf tno movil moviles fijo fax whatsapp wasap llama llame
  llamar llamame llamadme llamen contacto contactar contacta sms mobile phone phones telephone cell
  call calling ring contact text reach bizum
`);
/** What a number is an amount of. */
const UNIT = /^ ?(?:€|\$|£|%|eur\b|usd\b|gbp\b|kg\b|g\b|km\b|m\b|mb\b|gb\b|kb\b|ms\b|s\b|h\b|k\b)/;
const MOST_DIGITS = 15;
const FEWEST_DIGITS = 7;

export function* phone(view: View): Generator<ReturnType<typeof found>> {
  const { text } = view;
  BEGINS.lastIndex = view.begin;
  for (let match = BEGINS.exec(text); match; match = BEGINS.exec(text)) {
    const end = endOfPhone(view, match.index, match[0]);
    if (end !== undefined) {
      const whole = text.slice(match.index, end);
      // A parenthesis that is not closed within is the sentence's.
      const open = whole.startsWith("(") && !whole.includes(")");
      yield found(open ? match.index + 1 : match.index, end);
    }
    BEGINS.lastIndex = end ?? BEGINS.lastIndex;
  }
}

const found = (start: number, end: number) => ({ kind: "phone", start, end }) as const;

function endOfPhone(view: View, start: number, begin: string): number | undefined {
  const { text, lower } = view;
  const international = /\+|00/.test(begin);
  // After the country's sign the first digit is read again.
  const first = start + begin.length - 1;
  const ends = groupsFrom(text, first);
  const said = hint(view, start, { pro: CALLS, contra: THINGS });
  const before = text.slice(Math.max(0, start - 2), start);
  const attached = /[#=/@&?]$|[A-Za-z0-9]-$/.test(before);
  for (const { end, digits, groups } of ends.reverse()) {
    if (/^[A-Za-z0-9_]|^[-./,:][0-9]/.test(text.slice(end, end + 2))) continue;
    if (UNIT.test(lower.slice(end, end + 6))) continue;
    if (international) {
      // Without its sign it may be any number that begins with zeros.
      const doubtful = !begin.includes("+") && said < 0;
      if (!doubtful && valid(`+${digits}`, undefined)) return end;
    } else if (digits.length === 9 && /^[5-9]/.test(digits)) {
      const shaped = GROUPS.test(groups) && !attached && said >= 0;
      if ((shaped || said > 0) && valid(digits, "ES")) return end;
    } else if (said > 0 && digits.length === 11 && digits.startsWith("34")) {
      if (valid(`+${digits}`, undefined)) return end;
    } else if (said > 0 && digits.length >= 10 && digits.length <= 11) {
      if (valid(digits, digits.startsWith("0") ? "GB" : "US")) return end;
    }
  }
  return undefined;
}

/** Each end of a group of digits, with the digits up to there and the sizes of the groups. */
function groupsFrom(text: string, first: number) {
  const ends: { end: number; digits: string; groups: string }[] = [];
  let [digits, groups, size, at] = ["", "", 0, first];
  while (digits.length < MOST_DIGITS + 1) {
    STEP.lastIndex = at;
    const step = STEP.exec(text);
    const gap = step && (size === 0 ? false : step[0].length > 1);
    if (size > 0 && (!step || gap)) {
      groups += size;
      if (digits.length >= FEWEST_DIGITS) ends.push({ end: at, digits, groups });
      size = 0;
      // A slash stands after the area code alone; elsewhere it makes a date or a fraction.
      if (step?.[0].includes("/") && groups.length > 1) break;
    }
    if (!step) break;
    digits += step[1];
    size++;
    at = STEP.lastIndex;
  }
  return ends.filter((one) => one.digits.length <= MOST_DIGITS);
}

const valid = (number: string, country: CountryCode | undefined): boolean =>
  parsePhoneNumberFromString(number, country)?.isValid() ?? false;

const EMAIL =
  /(?<![A-Za-z0-9._%+-])[A-Za-z0-9_%+'-](?:[A-Za-z0-9._%+'-]{0,62}[A-Za-z0-9_%+'-])?@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9_@])/g;
/** The address of a repository is not a person's. */
/** What follows is the password of an address, and then its machine. */
const PASSWORD = /:\/\/[^\s:@/]{1,64}:$/;
const REPOSITORY = /^git@/;

export const email: Recogniser = (view) =>
  matches(view, EMAIL, ({ 0: whole, index }) => {
    const before = view.text.slice(Math.max(0, index - 70), index);
    return REPOSITORY.test(whole) || PASSWORD.test(before) ? undefined : "email";
  });

const V4 = /(?<![A-Za-z0-9_]|[0-9][.,]|[.-])(?:\d{1,3}\.){3}\d{1,3}(?![A-Za-z0-9_]|\.\d|-\w)/g;
const V6 = /(?<![A-Za-z0-9_:.])[0-9A-Fa-f:]{3,39}(?:\d{1,3}(?:\.\d{1,3}){3})?(?![A-Za-z0-9_:])/g;
const RELEASE = {
  pro: words("ip ips ipv host address direccion from desde"),
  contra: words(
    "version versions v release build rev revision seccion section apartado capitulo oid upgrade firmware",
  ),
};
/** These are nobody's: unspecified, loopback, masks. */
const NOBODY = /^(?:0\.|127\.|255\.|::1?$)/;

export function* ip(view: View) {
  yield* matches(view, V4, (match) => {
    const [whole] = match;
    const network = whole.endsWith(".0") && view.text[match.index + whole.length] === "/";
    if (!isIPv4(whole) || network || NOBODY.test(whole)) return undefined;
    return hint(view, match.index, RELEASE) < 0 ? undefined : "ip";
  });
  yield* matches(view, V6, (match) => {
    const whole = match[0];
    if (!isIPv6(whole) || NOBODY.test(whole)) return undefined;
    // "a::b" is an address and also how some languages write a name.
    const groups = whole.split(":").filter(Boolean).length;
    return groups >= 3 && /\d/.test(whole) ? "ip" : undefined;
  });
}
