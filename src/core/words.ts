/** The languages that Charla speaks to people. */
export type Language = "en" | "es";

/** A text in each of them. */
export type Words = Readonly<Record<Language, string>>;

/**
 * Errors in Spanish, by their code, with the `{parameters}` of the English. Each part of the house
 * has a file of them, `errors.es.json`, beside what throws them.
 */
export type Spanish = Readonly<Record<string, { readonly message: string; readonly hint: string }>>;
