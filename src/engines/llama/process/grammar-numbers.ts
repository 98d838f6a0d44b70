/** Integers and numbers within bounds, as GBNF. */

/** Whole numbers have up to 15 digits: more are not exact in JSON readers that use doubles. */
const MAX_DIGITS = 15;
const MAX = 10 ** MAX_DIGITS - 1;
/** A fraction that is not zero, so that a number with one is never on a bound. */
const FRACTION = '"." [0-9]{0,5} [1-9]';
/** Beyond, doubles have no room for six decimals. */
const MAX_WITH_FRACTION = 10 ** 9;

/** Alternatives for the integers from low to high, bounds included; none if there are none. */
export function integersBetween(low: number, high: number): string[] {
  const [from, to] = [Math.max(Math.ceil(low), -MAX), Math.min(Math.floor(high), MAX)];
  const negative = unsigned(Math.max(1, -to), -from).map((digits) => `"-" ${group(digits)}`);
  return [...negative, ...unsigned(Math.max(0, from), to)];
}

/**
 * Alternatives for numbers between the bounds: the integers, and fractions between two of them.
 *
 * @param exclusive whether the bounds themselves are left out
 */
export function numbersBetween(
  low: number,
  high: number,
  exclusive: { readonly low: boolean; readonly high: boolean },
): string[] {
  const [from, to] = [Math.ceil(low), Math.floor(high)];
  const first = exclusive.low && from === low ? from + 1 : from;
  const last = exclusive.high && to === high ? to - 1 : to;
  const most = MAX_WITH_FRACTION;
  // n and a fraction lie between n and n + 1, or on the other side of zero between -n and -n - 1.
  const above = unsigned(Math.max(0, from), Math.min(to - 1, most));
  const below = unsigned(Math.max(0, -to), Math.min(-from - 1, most));
  return [
    ...integersBetween(first, last),
    ...above.map((digits) => `(${digits}) ${FRACTION}`),
    ...below.map((digits) => `"-" (${digits}) ${FRACTION}`),
  ];
}

/** Integers from 0 on, in as many alternatives as there are lengths. */
function unsigned(low: number, high: number): string[] {
  if (low > high || low > MAX) return [];
  const end = Math.min(high, MAX);
  const found: string[] = [];
  for (let from = low; from <= end; ) {
    const length = String(from).length;
    const last = Math.min(end, 10 ** length - 1);
    found.push(sameLength(String(from), String(last)));
    from = last + 1;
  }
  return found;
}

/** Digits from low to high, which have the same length. */
function sameLength(low: string, high: string): string {
  if (low === "") return '""';
  const [first, last] = [Number(low[0]), Number(high[0])];
  const rest = low.length - 1;
  if (first === last) return `"${first}" ${group(sameLength(low.slice(1), high.slice(1)))}`;
  const parts: string[] = [];
  const lowest = /^0*$/.test(low.slice(1));
  const highest = /^9*$/.test(high.slice(1));
  if (!lowest) parts.push(`"${first}" ${group(sameLength(low.slice(1), "9".repeat(rest)))}`);
  const [from, to] = [lowest ? first : first + 1, highest ? last : last - 1];
  if (from <= to) parts.push(`[${from}-${to}]${rest > 0 ? ` [0-9]{${rest}}` : ""}`);
  if (!highest) parts.push(`"${last}" ${group(sameLength("0".repeat(rest), high.slice(1)))}`);
  return parts.join(" | ");
}

function group(text: string): string {
  return text.includes("|") ? `(${text})` : text;
}
