/** Tokens whose text is held back: each is let go once all of its text is. */
import type { TokenLogprob } from "../../core/extras.ts";
import type { Text } from "../../core/types.ts";

export interface HeldTokens {
  hold(piece: Text): void;
  /** Tokens whose text ends within so many characters more. */
  release(length: number): TokenLogprob[];
  /** All that are left when no more text comes: an end may cut a character in two. */
  rest(): TokenLogprob[];
}

export function heldTokens(): HeldTokens {
  const pieces: Held[] = [];

  return {
    hold({ text, tokens = [] }) {
      const last = pieces.at(-1);
      const held = { text, tokens, bytes: 0 };
      if (!last || !endsInside(last)) pieces.push(held);
      else pieces[pieces.length - 1] = join(last, held);
    },
    release(length) {
      const released: TokenLogprob[] = [];
      for (let left = length; left > 0; ) {
        const piece = pieces[0];
        if (!piece) break;
        const { text, tokens } = piece;
        // Whole pieces keep text and tokens in step, also where the bytes are no text.
        if (text.length <= left && !endsInside(piece)) {
          released.push(...tokens);
          pieces.shift();
          left -= text.length;
          continue;
        }
        let bytes = piece.bytes + Buffer.byteLength(text.slice(0, left));
        const ends = tokens.findIndex((token) => {
          if (token.bytes.length > bytes) return true;
          bytes -= token.bytes.length;
          return false;
        });
        const count = ends < 0 ? tokens.length : ends;
        released.push(...tokens.slice(0, count));
        pieces[0] = { text: text.slice(left), tokens: tokens.slice(count), bytes };
        left = 0;
      }
      return released;
    },
    rest: () => pieces.splice(0).flatMap(({ tokens }) => tokens),
  };
}

/** A piece of text with its tokens. */
interface Held {
  readonly text: string;
  readonly tokens: readonly TokenLogprob[];
  /** So many bytes of the first token were let go with the text before. */
  readonly bytes: number;
}

const join = (a: Held, b: Held): Held => ({
  text: a.text + b.text,
  tokens: [...a.tokens, ...b.tokens],
  bytes: a.bytes,
});

/** Whether the last token holds the beginning of a character that the next one goes on with. */
function endsInside({ tokens }: Held): boolean {
  const last = tokens.slice(-3).flatMap(({ bytes }) => bytes.slice(-3));
  const lead = last.findLastIndex((byte) => byte < 0x80 || byte >= 0xc0);
  const byte = last[lead] ?? 0;
  // Source: RFC 3629, section 3.
  const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
  return lead >= 0 && byte < 0xf8 && last.length - lead < length;
}
