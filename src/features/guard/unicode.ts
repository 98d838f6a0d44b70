/**
 * Text without what hides in it: tag characters, directions that reorder, invisible joiners where
 * no script or emoji needs them, variation selectors that carry data, control characters. What a
 * reader can see stays, in the composed form NFC (docs/decisions/0016-guard.md says why not NFKC).
 * Sources: Unicode 17, "Default_Ignorable_Code_Point"; UTS 51 (emoji); UAX 31, section 2.3 (joiners);
 * UTR 36; Boucher et al., "Trojan Source", 2021.
 */

export type Kind = "tag" | "direction" | "joiner" | "variation" | "control" | "invisible";
export type Removed = Partial<Record<Kind, number>>;

/** Nothing else can be removed, and most texts hold none of it. */
const SUSPECT = /[\p{DI}\p{Cf}\p{Cc}]/u;
const KEPT_CONTROL = /[\t\n\v\f\r\u0085]/;
/** Format characters that are seen: signs that enclose the digits after them. */
const VISIBLE = /[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]/u;
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
/** The three flags that are made of tags and in use: England, Scotland, Wales. */
const FLAG =
  /^\u{1F3F4}\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}|\u{E0077}\u{E006C}\u{E0073})\u{E007F}/u;
const FLAG_UNITS = 14;

/** @param count is called once for each character that is taken out */
export function clean(text: string, count: (kind: Kind) => void = () => {}): string {
  if (!SUSPECT.test(text)) return text.normalize("NFC");
  const rightToLeft = RIGHT_TO_LEFT.test(text);
  let kept = "";
  /** The last two characters that were kept, nearest first. */
  let before = "";
  let beforeThat = "";
  const keep = (char: string) => {
    kept += char;
    beforeThat = before;
    before = char;
  };
  for (let at = 0; at < text.length; ) {
    const char = String.fromCodePoint(text.codePointAt(at) as number);
    if (char === "\u{1F3F4}" && FLAG.test(text.slice(at, at + FLAG_UNITS))) {
      keep(text.slice(at, at + FLAG_UNITS));
      at += FLAG_UNITS;
      continue;
    }
    at += char.length;
    if (!SUSPECT.test(char) || KEPT_CONTROL.test(char) || VISIBLE.test(char)) {
      keep(char);
      continue;
    }
    const after = String.fromCodePoint(text.codePointAt(at) ?? 0);
    // What may itself be taken out is nothing to lean on.
    const next = SUSPECT.test(after) ? "" : after;
    const kind = hidden(char, before, beforeThat, next, rightToLeft);
    if (kind) count(kind);
    else keep(char);
  }
  // What stood between two characters may have kept them from composing.
  return kept.normalize("NFC");
}

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
