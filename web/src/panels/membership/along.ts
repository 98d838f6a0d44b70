/** What goes with a question: the leaf of a secret that is used for nothing else. */
import { isOn, next } from "./secret.ts";

export async function along(): Promise<Readonly<Record<string, string>>> {
  const own = isOn() ? next() : null;
  if (!own) return {};
  const { leafOf, secretOf, fieldText } = await import(
    "../../../../src/features/provenance/membership/identity.ts"
  );
  const leaf = leafOf(secretOf(bytesOf(own.master), own.count));
  return { "charla-zk-leaf": fieldText(leaf) };
}

export const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
