/**
 * What the signed label of a whole export says (C2PA). It takes a library that neither the page nor the
 * offline verifier has, so whoever has it reads the label for them.
 */
import type { Credentials } from "../c2pa/api.ts";
import { armourOf } from "../c2pa/armour.ts";
import type { Finding } from "./report.ts";

/** @returns undefined where the label cannot be read now, which says nothing against it */
export type ReadLabel = (file: string) => Promise<Credentials | undefined>;

export async function labelOf(
  file: string,
  read: ReadLabel | undefined,
): Promise<Finding | undefined> {
  const what = "label";
  if (!armourOf(file).find(file)) return undefined;
  const found = await read?.(file);
  if (!found) return { what, state: "open" };
  const { state, signer = "", own, ai } = found;
  if (state === "broken") return { what, state: "no", why: "broken" };
  if (state === "changed") return { what, state: "no", params: { signer } };
  if (own) return { what, state: "yes", why: "own" };
  return { what, state: "yes", ...(ai && { why: "ai" }), params: { signer } };
}
