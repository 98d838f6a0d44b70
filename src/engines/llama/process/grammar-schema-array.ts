/** Arrays: fixed items first, then those that all have the same schema. */
import type { Raw, SchemaGrammar } from "./grammar-schema.ts";
import type { Inside } from "./grammar-schema-object.ts";
import type { Part } from "./grammar-schema-read.ts";
import { countsOf } from "./grammar-schema-scalar.ts";
import { json } from "./grammar-strings.ts";

/** Each value is a rule for each number of values before it. */
const MAX_LISTED = 100;

/** The rule of an array; undefined if none fits. */
export function arrayOf(
  to: SchemaGrammar,
  parts: readonly Part[],
  inside: Inside,
): string | undefined {
  let { min, max } = countsOf(to, parts, "minItems", "maxItems");
  const excluded = parts.find(({ schema }) => schema.not !== undefined && !isType(schema.not));
  if (excluded) to.cannot(excluded.path, '"not" is not supported for arrays');
  const fixed = parts.map(({ schema, path }) => to.list(schema, "prefixItems", path));
  const items = (at: number): readonly Raw[] =>
    parts.flatMap(({ schema, path }, part) => {
      const own = fixed[part] ?? [];
      if (at < own.length) return [{ schema: own[at], path: `${path}/prefixItems/${at}` }];
      return schema.items === undefined ? [] : [{ schema: schema.items, path: `${path}/items` }];
    });
  const heads: string[] = [];
  const most = Math.min(max, Math.max(0, ...fixed.map(({ length }) => length)));
  while (heads.length < most) {
    const head = inside(items(heads.length));
    if (head === undefined) max = heads.length;
    if (head === undefined) break;
    heads.push(head);
  }
  const silent = parts.every(({ schema }) => schema.items === undefined);
  const rest = items(Number.POSITIVE_INFINITY);
  // Items behind the fixed ones, where nothing is said of them, are left out unless they must be.
  const bare = silent && heads.length > 0 && min <= heads.length;
  const item = bare || heads.length >= max ? undefined : inside(rest);
  const unique = parts.find(({ schema }) => schema.uniqueItems !== undefined && max > 1);
  if (unique) {
    const listed = heads.length === 0 && item ? to.listed(rest) : undefined;
    if (listed && listed.length <= MAX_LISTED) return inOrder(to, listed, { min, max });
    to.cannot(unique.path, '"uniqueItems" can only be held to for items that are listed (enum)');
  }
  const more = item === undefined ? 0 : max - heads.length;
  const least = Math.max(0, min - heads.length);
  if (least > more) {
    to.nothing(parts, "no array is long enough for it");
    return;
  }
  const head = heads.join(' "," ws ');
  if (more === 0) return to.rule(`"[" ws ${head} ws "]"`);
  const bounds = (from: number, up: number) =>
    `{${Math.max(0, from)},${up === Number.POSITIVE_INFINITY ? "" : up}}`;
  const tail = head
    ? `${head} ("," ws ${item})${bounds(least, more)}`
    : `(${item} ("," ws ${item})${bounds(least - 1, more - 1)})${least > 0 ? "" : "?"}`;
  return to.rule(`"[" ws ${tail} ws "]"`);
}

function isType(not: unknown): boolean {
  return typeof not === "object" && not !== null && "type" in not;
}

/** Each value at most once: in the order in which they are listed. */
function inOrder(
  to: SchemaGrammar,
  values: readonly unknown[],
  { min, max }: { min: number; max: number },
): string | undefined {
  const most = Math.min(max, values.length);
  const counted = max >= values.length ? Math.max(1, min) : most;
  if (min > most) {
    to.nothing([], "it has fewer values than items");
    return;
  }
  let follow: Array<string | undefined> = Array.from({ length: counted + 1 }, (_, count) =>
    count < min ? undefined : '""',
  );
  for (const value of values.toReversed()) {
    const after = follow;
    follow = after.map((without, count) => {
      const rest = count < most ? after[Math.min(counted, count + 1)] : undefined;
      const written = rest && `${count > 0 ? '"," ws ' : ""}${json(value)} ${rest}`;
      const found = [written, without].filter((it) => it !== undefined);
      return found.length === 0 ? undefined : to.rule(found.join(" | "));
    });
  }
  const [first] = follow;
  return first === undefined ? undefined : to.rule(`"[" ws ${first} ws "]"`);
}
