/** Makes what is personal by what stands around it: days of birth, addresses, postcodes. */
import type { Random } from "./random.ts";

type Make = (random: Random) => string;

const MONTHS = {
  es: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(
    " ",
  ),
  en: "January February March April May June July August September October November December".split(
    " ",
  ),
};

export const birthdate =
  (language: "es" | "en"): Make =>
  (random) => {
    const [day, month, year] = [random.int(1, 28), random.int(1, 12), random.int(1930, 2015)];
    const two = (number: number) => String(number).padStart(2, "0");
    const name = MONTHS[language][month - 1] as string;
    const words =
      language === "es"
        ? `${day} de ${name} de ${year}`
        : random.pick([`${day} ${name} ${year}`, `${name} ${day}, ${year}`]);
    return random.pick([
      `${two(day)}/${two(month)}/${year}`,
      `${two(day)}-${two(month)}-${year}`,
      `${year}-${two(month)}-${two(day)}`,
      words,
      words,
    ]);
  };

export const address =
  (language: "es" | "en"): Make =>
  (random) => {
    const number = random.int(1, 180);
    if (language === "en") {
      const street = `${number} ${random.pick(["Baker", "Church", "Park", "Oak", "Victoria", "Mill"])} ${random.pick(["Street", "Road", "Avenue", "Lane", "Drive"])}`;
      return random.pick([street, `${street}, London NW1 6XE`, `${street}, Springfield, IL 62704`]);
    }
    const street = `${random.pick(["calle", "Calle", "C/", "Avda.", "avenida", "Plaza", "paseo"])} ${random.pick(["Mayor", "de Alcalá", "Gran Vía", "del Carmen", "San Juan", "de la Constitución", "Miguel de Cervantes"])}`;
    return random.pick([
      `${street} ${number}`,
      `${street}, ${number}`,
      `${street}, ${number}, ${random.int(1, 9)}º ${random.pick(["A", "B", "C"])}`,
      `${street} ${number}, ${random.int(10_000, 49_999)} ${random.pick(["Madrid", "Sevilla", "Bilbao"])}`,
    ]);
  };

export const postcode: Make = (random) =>
  String(random.int(1, 52)).padStart(2, "0") + random.digits(3);
