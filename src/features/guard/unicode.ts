/**
 * Text without what hides in it: tag characters, directions that reorder, invisible joiners where
 * no script or emoji needs them, variation selectors that carry data, control characters. What a
 * reader can see stays, in the composed form NFC (docs/decisions/0016-guard.md says why not NFKC).
 * Sources: Unicode 17, "Default_Ignorable_Code_Point"; UTS 51 (emoji); UAX 31, section 2.3 (joiners);
 * UTR 36; Boucher et al., "Trojan Source", 2021.
 */
import { normal } from "../../core/normal.ts";
import { atOnce, type Sliced } from "../../core/slices.ts";

export type Kind = "tag" | "direction" | "joiner" | "variation" | "control" | "invisible";
export type Removed = Partial<Record<Kind, number>>;

const INVISIBLE = /[\p{DI}\p{Cf}\p{Cc}]/u;
/**
 * Nothing else can be removed, and most texts hold none of it. Line ends stay, and the format
 * characters that are seen: signs that enclose the digits after them.
 */
const SUSPECT =
  /(?![\t\n\v\f\r\u0085\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}])[\p{DI}\p{Cf}\p{Cc}]/gu;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
/** Scripts whose letters change or part by a joiner. */
const JOINING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Tibetan}\p{Script=Myanmar}\p{Script=Khmer}\p{Script=Balinese}\p{Script=Javanese}\p{Script=Adlam}]/u;
/** Scripts without spaces, where an invisible one says where a line may break. */
const UNSPACED =
  /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;
const PICTURE = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u20E3/u;
const HAN = /\p{Script=Han}/u;
const HANGUL = /[\u1100-\u11FF\uA960-\uA97C\uD7B0-\uD7FB]/;
const MONGOLIAN = /\p{Script=Mongolian}/u;
const EGYPTIAN = /\p{Script=Egyptian_Hieroglyphs}/u;
const BLACK_FLAG = "\u{1F3F4}";
/** What makes of it the three flags of tags that are in use: England, Scotland, Wales. */
const FLAG =
  /^\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}|\u{E0077}\u{E006C}\u{E0073})\u{E007F}/u;

/** Characters that can be removed, after which others get their turn: some milliseconds. */
const SLICE = 8192;

/** @param count is called once for each character that is taken out */
export function* cleaning(text: string, count: (kind: Kind) => void = () => {}): Sliced<string> {
  let plain = normal(text, "NFC");
  // To look at so much takes about a millisecond.
  if (plain.length > LONG) yield;
  for (;;) {
    const kept = yield* pass(plain, count);
    if (kept.length === plain.length) return plain;
    // What stood between two characters may have kept them from composing, or from their order.
    plain = normal(kept, "NFC");
  }
}

function* pass(plain: string, count: (kind: Kind) => void): Sliced<string> {
  SUSPECT.lastIndex = 0;
  if (!SUSPECT.test(plain)) return plain;
  const rightToLeft = RIGHT_TO_LEFT.test(plain);
  let kept = "";
  /** The last two characters that were kept, nearest first. */
  let [before, beforeThat] = ["", ""];
  const keep = (part: string) => {
    kept += part;
    const last = lastOf(part);
    beforeThat = part.length > last.length ? lastOf(part.slice(0, -last.length)) : before;
    before = last;
  };
  let at = 0;
  for (let looked = 1; ; looked++) {
    if (looked % SLICE === 0) yield;
    // Others may have searched meanwhile.
    SUSPECT.lastIndex = at;
    const found = SUSPECT.exec(plain);
    if (!found) return at < plain.length ? kept + plain.slice(at) : kept;
    if (found.index > at) keep(plain.slice(at, found.index));
    const [char] = found;
    at = found.index + char.length;
    const flag = before === BLACK_FLAG && FLAG.exec(plain.slice(found.index, found.index + 12));
    if (flag) {
      keep(flag[0]);
      at = found.index + flag[0].length;
      continue;
    }
    const after = String.fromCodePoint(plain.codePointAt(at) ?? 0);
    // What may itself be taken out is nothing to lean on.
    const next = INVISIBLE.test(after) ? "" : after;
    const kind = hidden(char, before, beforeThat, next, rightToLeft);
    if (kind) count(kind);
    else keep(char);
  }
}

/** The same in one piece. */
export const clean = (text: string, count?: (kind: Kind) => void): string =>
  atOnce(cleaning(text, count));

const LONG = 65_536;
const lastOf = (text: string) => /[\uD800-\uDBFF]?[\s\S]$/.exec(text.slice(-2))?.[0] ?? "";

/** The kind of an invisible character that nothing around it needs; undefined where it has its place. */
function hidden(
  char: string,
  before: string,
  beforeThat: string,
  next: string,
  rightToLeft: boolean,
): Kind | undefined {
  const code = char.codePointAt(0) as number;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return "control";
  if (code >= 0xe0000 && code <= 0xe007f) return "tag";
  // Embeddings and overrides have isolates as their successors, which end with their paragraph.
  if (code >= 0x202a && code <= 0x202e) return "direction";
  if ((code >= 0x2066 && code <= 0x2069) || [0x200e, 0x200f, 0x061c].includes(code)) {
    return rightToLeft ? undefined : "direction";
  }
  if (code === 0x200d) {
    const base = /\uFE0F/.test(before) ? beforeThat : before;
    const joins = PICTURE.test(base) && /\p{Extended_Pictographic}/u.test(next);
    return joins || JOINING.test(before) ? undefined : "joiner";
  }
  if (code === 0x200c) return JOINING.test(before) && JOINING.test(next) ? undefined : "joiner";
  if (code === 0x200b) return UNSPACED.test(before) && UNSPACED.test(next) ? undefined : "joiner";
  if (/\p{Variation_Selector}/u.test(char)) {
    return selects(code, before, next) ? undefined : "variation";
  }
  if (code === 0x115f || code === 0x1160) return HANGUL.test(next) ? undefined : "invisible";
  if (code === 0x180e) return MONGOLIAN.test(before) ? undefined : "invisible";
  if (code >= 0x13430 && code <= 0x1345f) return EGYPTIAN.test(before) ? undefined : "invisible";
  return "invisible";
}

/** Whether a variation selector has a character before it of which there are variants. */
function selects(code: number, before: string, next: string): boolean {
  if (code >= 0x180b && code <= 0x180f) return MONGOLIAN.test(before);
  if (code >= 0xe0100) return HAN.test(before);
  if (code >= 0xfe0e) {
    // Digits, # and * are emoji only as keycaps.
    return /[0-9#*]/.test(before) ? next === "\u20E3" : /^\p{Emoji}$/u.test(before);
  }
  return /^[\p{Script=Han}\p{Sm}\p{Script=Myanmar}\p{Script=Phags_Pa}]$/u.test(before);
}
