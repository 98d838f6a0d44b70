/** The line under a labelled answer, as the page writes it under one that is not signed. */
const LINES = {
  en: "Written by AI: {model}, {date}.",
  es: "Escrito por una IA: {model}, {date}.",
};

/** @param ts ISO time */
export function lineOf(language: keyof typeof LINES, model: string, ts: string): string {
  const style = { dateStyle: "long", timeZone: "UTC" } as const;
  const date = new Intl.DateTimeFormat(language, style).format(new Date(ts));
  // A function, since a name could hold "$&".
  return LINES[language].replace("{model}", () => model).replace("{date}", date);
}
