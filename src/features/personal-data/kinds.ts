/**
 * The kinds of personal data that are looked for. Their order is their rank: where two of the same
 * length claim a place, the earlier one has it.
 */

export const KINDS = [
  "secret",
  "iban",
  "card",
  "nss",
  "nie",
  "dni",
  "cif",
  "health",
  "email",
  "ip",
  "passport",
  "phone",
  "plate",
  "birthdate",
  "address",
  "postcode",
  "name",
] as const;
export type Kind = (typeof KINDS)[number];

/** What a placeholder says of its kind: "[IBAN_1]". The same in every language. */
export const labelOf = (kind: Kind): string => kind.toUpperCase();

const RANK = new Map<Kind, number>(KINDS.map((kind, rank) => [kind, rank]));
export const rankOf = (kind: Kind): number => RANK.get(kind) ?? KINDS.length;
