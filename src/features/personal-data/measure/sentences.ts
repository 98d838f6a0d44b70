/**
 * The sentences of the generated set. Every third one is held out: nobody looks at what goes wrong
 * there while the recognisers are made.
 */
import type { Kind } from "../kinds.ts";

export type Language = "es" | "en";

/** "{v}" is the value, "{w}" a word for it. */
export const SENTENCES: Readonly<Record<Language, readonly string[]>> = {
  es: [
    "Mi {w} es {v}.",
    "{w}: {v}",
    "Buenos días, les mando mi {w} ({v}) para la solicitud que presenté el 12/03/2024.",
    "El {w} de la clienta es {v}, según consta en la ficha.",
    "¿Puedes comprobar si el {w} {v} es correcto?",
    "Hola, soy Marta; {w} {v}. Gracias por todo.",
    "- {w}: {v};",
    "Apunta: {w} «{v}», y no lo compartas con nadie.",
    "Resume este correo: «Estimada señora, su {w} es {v} y figura en el anexo II».",
    "Cambió de {w}, ahora usa {v}, lo dijo ayer a las 18:30.",
    "| {w} | {v} | sí |",
    '{"campo": "{w}", "valor": "{v}"}',
    "Traduce al inglés: el {w} que nos dieron fue {v}!",
    "No encuentro a nadie con {w} {v} en la lista de 245 alumnos.",
    "Con {w} número {v}, y domicilio desconocido, comparece ante mí.",
  ],
  en: [
    "My {w} is {v}.",
    "{w}: {v}",
    "Hi there, please find my {w} ({v}) for the application of 12 March.",
    "The customer's {w} is {v}, as stated in the file.",
    "Could you check whether the {w} {v} is right?",
    "This is Martha; {w} {v}. Thanks a lot.",
    "- {w}: {v};",
    'Write down: {w} "{v}", and share it with nobody.',
    'Summarise this e-mail: "Dear Madam, your {w} is {v} and stands in annex II".',
    "They changed the {w}, it is {v} now, as of 6:30 pm.",
    "| {w} | {v} | yes |",
    '{"field": "{w}", "value": "{v}"}',
    "Translate into Spanish: the {w} we were given was {v}!",
    "I cannot find anybody with {w} {v} in a list of 245 students.",
    "Bearing {w} number {v}, of unknown residence, appears before me.",
  ],
};

/** Sentences that say nothing of what the value is, for those that are known by their form. */
export const BARE: Readonly<Record<Language, readonly string[]>> = {
  es: [
    "Te paso lo que me pediste: {v}.",
    "{v}",
    "Lo de siempre, {v}, y listo.",
    "Ayer me escribió y puso «{v}» sin más.",
    "a) {v} b) nada más",
    "Ponlo así: {v}, por favor.",
  ],
  en: [
    "Here is what you asked for: {v}.",
    "{v}",
    "As always, {v}, and done.",
    'Yesterday they wrote and put "{v}" there.',
    "a) {v} b) nothing else",
    "Put it like this: {v}, please.",
  ],
};

/** How people call each of them; kinds without a form of their own are always called something. */
export const WORDS: Readonly<Partial<Record<Kind, Readonly<Record<Language, readonly string[]>>>>> =
  {
    dni: { es: ["DNI", "NIF", "documento"], en: ["DNI", "Spanish ID", "national ID"] },
    nie: { es: ["NIE", "número de extranjero"], en: ["NIE", "foreigner number"] },
    cif: { es: ["CIF", "NIF de la empresa"], en: ["VAT", "company tax ID"] },
    nss: {
      es: ["número de la seguridad social", "NSS", "NUSS"],
      en: ["social security number", "NSS"],
    },
    iban: { es: ["IBAN", "cuenta", "número de cuenta"], en: ["IBAN", "bank account"] },
    card: { es: ["tarjeta", "tarjeta de crédito", "Visa"], en: ["card", "credit card"] },
    phone: { es: ["teléfono", "móvil", "tlf."], en: ["phone", "mobile", "number"] },
    email: { es: ["correo", "e-mail"], en: ["e-mail", "address"] },
    ip: { es: ["IP", "dirección IP"], en: ["IP", "IP address"] },
    secret: { es: ["clave", "token"], en: ["key", "token"] },
    passport: { es: ["pasaporte"], en: ["passport"] },
    plate: { es: ["matrícula", "coche con matrícula"], en: ["licence plate", "car plate"] },
    health: { es: ["número de paciente NHS"], en: ["NHS number", "health card"] },
    birthdate: { es: ["fecha de nacimiento"], en: ["date of birth"] },
    address: { es: ["domicilio"], en: ["home address"] },
    postcode: { es: ["código postal"], en: ["postcode", "zip code"] },
  };
