/**
 * All recognisers over one view, and the rule for overlaps: the longest has the place; of two as
 * long, the one whose kind comes first in `KINDS`; of two of one kind, the one that begins first.
 */
import { rankOf } from "../kinds.ts";
import { email, ip, phone } from "./contact.ts";
import { card, iban } from "./money.ts";
import { address, birthdate, foreignSecurity, health, postcode } from "./person.ts";
import { secret } from "./secrets.ts";
import { cif, dni, nie, nss, passport, plate } from "./spanish.ts";
import type { Candidate, Recogniser, View } from "./view.ts";

const RECOGNISERS: readonly Recogniser[] = [
  ...[secret, iban, card, nss, foreignSecurity, dni, nie, cif, health],
  ...[email, ip, passport, phone, plate, birthdate, address, postcode],
];

/** What is found, from left to right and without overlaps. */
export function recognise(view: View): readonly Candidate[] {
  const found = RECOGNISERS.flatMap((recogniser) => [...recogniser(view)]);
  if (found.length < 2) return found;
  const length = ({ start, end }: Candidate) => end - start;
  found.sort(
    (a, b) => length(b) - length(a) || rankOf(a.kind) - rankOf(b.kind) || a.start - b.start,
  );
  const taken = new Uint8Array(view.text.length);
  const kept = found.filter(({ start, end }) => {
    // What is longer or better has its places; a shorter one that touches them has lost.
    if (taken[start] || taken[end - 1]) return false;
    taken.fill(1, start, end);
    return true;
  });
  return kept.sort((a, b) => a.start - b.start);
}
