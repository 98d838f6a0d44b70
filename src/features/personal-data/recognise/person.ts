/**
 * What is personal only by what stands before it: days of birth, addresses, postcodes, cards of
 * health services and social security numbers of other countries. Sources of the check digits: NHS
 * Data Dictionary (NHS number), GKV-Spitzenverband (Krankenversichertennummer), INSEE (NIR).
 */
import { digitsOf, hint, matches, type Recogniser, THINGS, words } from "./view.ts";

const MONTH =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|enero|ene|febrero|marzo|abril|abr|mayo|junio|julio|agosto|ago|sep?tiembre|octubre|noviembre|diciembre|dic)";
const YEAR = "(?:19|20)\\d{2}";
const DATE = new RegExp(
  `(?<![A-Za-z0-9_/.-])(?:\\d{1,2}([-/.])\\d{1,2}\\1(?:${YEAR}|\\d{2})|${YEAR}([-/.])\\d{1,2}\\2\\d{1,2}|\\d{1,2}(?:o|st|nd|rd|th)? (?:de |of )?${MONTH}\\.?,? (?:de |del )?${YEAR}|${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?,? ${YEAR})(?![A-Za-z0-9_]|[-/.]\\d)`,
  "gi",
);
const BORN = {
  pro: words(
    "nacido nacida nacidos naci nacio nacimiento nac fdn born birth birthday birthdate dob cumpleanos",
  ),
  contra: words(
    "firma firmado vencimiento vence caduca expira expires due signed emision issued alta",
  ),
};

export const birthdate: Recogniser = (view) =>
  matches(view, DATE, (match) => (hint(view, match.index, BORN) > 0 ? "birthdate" : undefined));

const NAME = "[A-Z][A-Za-z.'-]{0,30}";
const TOWN = "[A-Z][A-Za-z'-]{1,30}";
const SPANISH = new RegExp(
  "(?<![A-Za-z0-9_])(?:[Cc]\\/|[Cc]\\. ?\\/|(?:[Cc]alle|[Aa]vda\\.?|[Aa]venida|[Aa]v\\.|[Pp]laza|[Pp]za\\.?|[Pp]aseo|[Cc]arretera|[Cc]tra\\.?|[Cc]amino|[Rr]onda|[Tt]ravesia|[Gg]lorieta|[Cc]arrer|[Rr]ua|[Uu]rbanizacion)(?= ))" +
    ` ?(?:(?:de|del|la|las|los|el|d') ?){0,3}${NAME}(?: (?:de|del|la|las|los|el|y|i|${NAME})){0,6}` +
    ",? (?:n(?:o|um)?\\.?o? ?|numero )?\\d{1,4}(?:(?:[A-Za-z]| [A-Z])(?![A-Za-z]))?(?![A-Za-z0-9])" +
    "(?:,? ?(?:(?:bloque|portal|piso|planta|escalera|esc\\.?|puerta|pta\\.?) ?\\w{1,3}|\\d{1,2} ?[oa]\\.?(?: ?[A-Z](?![A-Za-z]))?|bajo|atico|entresuelo|izq(?:uier)?da\\.?|izq\\.?|d(?:ere)?cha\\.?|[A-Z](?![A-Za-z]))(?![A-Za-z0-9])){0,4}" +
    `(?:[,.]? ?-? ?(?:CP |C\\.P\\. )?\\d{5}(?!\\d)(?:,? ${TOWN}(?: (?:de|del|la|los|las|${TOWN})){0,3})?)?`,
  "g",
);
const PLAIN_NAME = "[A-Z][a-z'-]{1,30}";
const ENGLISH = new RegExp(
  `(?<![A-Za-z0-9_])(?:(?:Flat|Apt\\.?|Unit) \\w{1,4},? )?\\d{1,5}[A-Za-z]? (?:${PLAIN_NAME} ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Square|Court|Ct|Way|Terrace|Close|Crescent)(?![A-Za-z0-9])\\.?(?:,? (?:Flat|Apt\\.?|Apartment|Unit) \\w{1,4})?(?:, ${PLAIN_NAME}(?: ${PLAIN_NAME})?)?(?:,? (?:[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}|[A-Z]{2} \\d{5}))?`,
  "g",
);

export const address: Recogniser = function* (view) {
  for (const pattern of [SPANISH, ENGLISH]) {
    // The point behind it ends the sentence.
    const ending = (match: RegExpExecArray) => match.index + match[0].replace(/[.,]$/, "").length;
    yield* matches(view, pattern, (match) => ({ kind: "address", end: ending(match) }));
  }
};

const CODE =
  /(?<![A-Za-z0-9_]|\d[-./,])(?:\d{5}(?:-\d{4})?|[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2})(?![A-Za-z0-9_]|[-./,]\d)/g;
const POST = {
  pro: words("cp postal postcode zip zipcode"),
  contra: words("pedido order factura invoice ref referencia importe total expediente"),
};

export const postcode: Recogniser = (view) =>
  matches(view, CODE, (match) => {
    // "C.P." is read as two words.
    const dotted = /c\. ?p\.:? ?$/.test(
      view.lower.slice(Math.max(0, match.index - 8), match.index),
    );
    return dotted || hint(view, match.index, POST) > 0 ? "postcode" : undefined;
  });

const NHS = /(?<![A-Za-z0-9_]|\d[-./,])\d{3}[- ]?\d{3}[- ]?\d{4}(?![A-Za-z0-9_]|[-./,]\d)/g;
const KVNR = /(?<![A-Za-z0-9_])[A-Z]\d{9}(?![A-Za-z0-9_])/g;
const HEALTH = words(`
  nhs krankenkasse krankenversichertennummer krankenversicherung kvnr versichertennummer
  gesundheitskarte health sanitaria patient paciente
`);

export const health: Recogniser = function* (view) {
  yield* matches(view, NHS, (match) => {
    const digits = [...digitsOf(match[0])].map(Number);
    const sum = digits.slice(0, 9).reduce((all, digit, at) => all + digit * (10 - at), 0);
    const good = (11 - (sum % 11)) % 11 === digits[9];
    return good && hint(view, match.index, { pro: HEALTH }) > 0 ? "health" : undefined;
  });
  yield* matches(view, KVNR, (match) => {
    const [letter = "A"] = match[0];
    const number = String(letter.charCodeAt(0) - 64).padStart(2, "0") + match[0].slice(1, 9);
    const sum = [...number].reduce((all, digit, at) => {
      const product = Number(digit) * (1 + (at % 2));
      return all + (product > 9 ? product - 9 : product);
    }, 0);
    const good = sum % 10 === Number(match[0][9]);
    return good && hint(view, match.index, { pro: HEALTH }) > 0 ? "health" : undefined;
  });
};

const NIR =
  /(?<![A-Za-z0-9_]|\d[-./,])[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?\d{2}(?![A-Za-z0-9_]|[-./,]\d)/g;
const SSN = /(?<![A-Za-z0-9_-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![A-Za-z0-9_-])/g;
const SOCIAL = { pro: words("ssn social security") };

export const foreignSecurity: Recogniser = function* (view) {
  yield* matches(view, NIR, (match) => {
    if (hint(view, match.index, { pro: HEALTH, contra: THINGS }) < 0) return undefined;
    const plain = match[0].replaceAll(" ", "").toUpperCase();
    // Corsica's departments count as 19 and 18.
    const number = plain.slice(0, 13).replace("2A", "19").replace("2B", "18");
    return 97n - (BigInt(number) % 97n) === BigInt(plain.slice(13)) ? "nss" : undefined;
  });
  yield* matches(view, SSN, (match) => (hint(view, match.index, SOCIAL) > 0 ? "nss" : undefined));
};
