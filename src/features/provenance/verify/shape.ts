/** A receipt as it is read from outside: exactly the members that it has, each of its kind. */
import type { ReceiptFile } from "../../../core/receipts.ts";
import type { Json } from "../../../core/tlog/canonical.ts";
import { isRecord } from "./given.ts";

type Is = (value: Json | undefined) => boolean;

export const text: Is = (value) => typeof value === "string";
export const literal =
  (wanted: string | number): Is =>
  (value) =>
    value === wanted;
const absent: Is = (value) => value === undefined;
const nothing: Is = (value) => value === null;
const either =
  (...kinds: readonly Is[]): Is =>
  (value) =>
    kinds.some((is) => is(value));
export const list =
  (is: Is): Is =>
  (value) =>
    Array.isArray(value) && value.every(is);
export const record =
  (members: Readonly<Record<string, Is>>): Is =>
  (value) =>
    isRecord(value) &&
    Object.keys(value).every((name) => Object.hasOwn(members, name)) &&
    Object.entries(members).every(([name, is]) => is(value[name]));

export const index: Is = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const entry: Is = (value) =>
  isRecord(value) && index(value.v) && text(value.ts) && text(value.kind);
const salt: Is = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

const hex = (digits: number): Is => {
  const pattern = new RegExp(`^0x[0-9a-fA-F]{${digits}}$`);
  return (value) => typeof value === "string" && pattern.test(value);
};
/** Where it is anchored, if it is. */
export const anchor = either(
  absent,
  record({
    ...{ note: text, key: text, proof: list(text), at: text },
    ...{ chain: index, block: index, contract: hex(40), transaction: hex(64) },
  }),
);

const receipt = record({
  format: literal("charla.receipt"),
  version: literal(1),
  entry,
  index,
  proof: list(text),
  checkpoint: text,
  key: text,
  salts: record({ prompt: either(absent, salt), answer: either(absent, salt) }),
  text: either(nothing, text),
  prompt: either(nothing, list(record({ role: text, content: text }))),
  anchor,
  erasure: either(absent, record({ entry, index, proof: list(text) })),
  // Whose answer it is, in an export.
  message: either(absent, text),
});

export const isReceipt = (value: Json): value is ReceiptFile & Json => receipt(value);

/** Whether a newer Charla has made it, of which this one cannot know what it means. */
export function isNewer(value: Json): boolean {
  if (!isRecord(value)) return false;
  const { format, group, entry = isRecord(group) ? group.entry : undefined } = value;
  if (format !== "charla.receipt" && format !== "charla.membership") return false;
  const versions = [value.version, isRecord(entry) ? entry.v : undefined];
  return versions.some((version) => typeof version === "number" && version > 1);
}
