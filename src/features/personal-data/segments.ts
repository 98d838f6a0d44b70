/**
 * Cuts a text into islands, in which something may be found, and the plain words between them. The
 * cuts depend on what has been read alone, so a stream can give out a word as soon as the next one
 * shows that nothing begins there, and comes to the same cuts however it was chopped.
 *
 * An island is a run of words on one line that have a digit or an "@", or are long, with the short
 * words that can stand between their parts ("ES", "de", "may"). Three things are wider: a PEM block;
 * what follows "calle" on its line; and capitalised words after the number of a house.
 *
 * Nothing is counted here: when something was masked there are fewer words, and the islands of a
 * masked text must never be larger than those it was found in.
 */
import { normalise } from "./normalise.ts";

export interface Segment {
  /** As it was written; all segments together are the text. */
  readonly raw: string;
  readonly text: string;
  /** Places in `raw` of each unit of `text`. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** False where nothing can be found. */
  readonly island: boolean;
}

/** Scripts that write without spaces: each of their characters is a word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const WORD_END = new RegExp(`[\\s]|${UNSPACED.source}`, "u");

const MONTHS =
  /^\W{0,2}(?:january|february|march|april|june|july|august|sept|september|october|november|december|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre)[.,]?$/i;
/** A word that begins an address; what follows belongs to it. */
const STREET =
  /^\W{0,3}(?:c\/|calle|avda\b|avenida|av\.|plaza|pza\b|paseo|carretera|ctra\b|camino|ronda|travesia|glorieta|carrer|rua|urbanizacion)/i;
const HOUSE = /^\W?\d{1,5}[a-z]?$/i;
/** How an IBAN begins that is written in groups; a bank's four letters may follow. */
const ACCOUNT = /^\W?[a-z]{2}\d{2}$/i;
const CAPITAL = /^[A-Z]/;

/** Letters; longer words may be secrets. */
const LONG = 20;
/** What a word of a PEM block has; anything else ends it, should its end be missing. */
const PEM = /^[A-Za-z0-9+/=:,-]+$/;

export class Segments {
  #raw = "";
  #text = "";
  #from: number[] = [];
  #to: number[] = [];
  /** Half of a character, whose other half is still to come. */
  #half = "";
  /** How much has been given out. */
  #done = 0;
  #doneRaw = 0;
  /** Where the word begins that is read next, and how far it has been read. */
  #word = 0;
  #read = 0;
  /** Where the island begins that is open; -1 when none is. */
  #island = -1;
  /** Whether the open island has anything but short words. */
  #hot = false;
  #street = false;
  #house = false;
  #pem = false;
  #pemEnds = false;
  #bankNext = false;

  /** The segments that are complete with this piece. */
  push(piece: string): Segment[] {
    const given = this.#half + piece;
    const last = given.charCodeAt(given.length - 1);
    const cut = last >= 0xd800 && last <= 0xdbff ? given.length - 1 : given.length;
    this.#half = given.slice(cut);
    this.#append(given.slice(0, cut));
    const segments = this.#cut(false);
    // The words before the one that is being read; what an open island has is kept.
    const plain = this.#take(this.#island < 0 ? this.#word : this.#island, false);
    if (plain) segments.push(plain);
    this.#forget();
    return segments;
  }

  /** The rest, when nothing more comes. */
  end(): Segment[] {
    this.#append(this.#half);
    this.#half = "";
    const segments = this.#cut(true);
    const open = this.#island >= 0 && this.#hot;
    const rest = this.#take(this.#text.length, open, this.#raw.length);
    return rest ? [...segments, rest] : segments;
  }

  #append(raw: string): void {
    const { text, from, to } = normalise(raw, this.#raw.length);
    this.#raw += raw;
    this.#text += text;
    for (let at = 0; at < from.length; at++) {
      this.#from.push(from[at] as number);
      this.#to.push(to[at] as number);
    }
  }

  #cut(final: boolean): Segment[] {
    const segments: Segment[] = [];
    const { length } = this.#text;
    for (;;) {
      while (this.#read < length && !ends(this.#text, this.#read)) this.#read++;
      if (this.#read === length && !final) return segments;
      if (this.#read > this.#word) {
        const joins = this.#joins(this.#text.slice(this.#word, this.#read));
        if (!joins) this.#close(this.#word, segments);
        else if (this.#island < 0) {
          const plain = this.#take(this.#word, false);
          if (plain) segments.push(plain);
          this.#island = this.#word;
        }
        if (joins) this.#hot ||= this.#joinsHot;
      }
      if (this.#read === length) return segments;
      if (this.#text[this.#read] !== " " && !this.#pem) {
        this.#street = this.#house = false;
        this.#close(this.#read, segments);
      }
      this.#word = ++this.#read;
    }
  }

  /** Ends the open island before a place. */
  #close(at: number, segments: Segment[]): void {
    if (this.#island < 0) return;
    const segment = this.#take(at, this.#hot);
    if (segment) segments.push(segment);
    this.#island = -1;
    this.#hot = false;
  }

  /** Whether a word belongs to an island, and what it says of the words that follow. */
  #joins(word: string): boolean {
    this.#joinsHot = true;
    if (this.#pem && PEM.test(word)) {
      if (word.includes("-----END")) this.#pemEnds = true;
      if (this.#pemEnds && word.endsWith("-----")) this.#pem = false;
      return true;
    }
    this.#pemEnds = false;
    this.#pem = word.includes("-----BEGIN");
    if (STREET.test(word)) this.#street = true;
    if (this.#pem || this.#street) return true;
    const hot = /[\d@\uFFFC]/.test(word) || word.length >= LONG;
    this.#joinsHot = hot;
    this.#house = HOUSE.test(word) || (this.#house && CAPITAL.test(word));
    const bank = this.#bankNext && word.length === 4;
    this.#bankNext = ACCOUNT.test(word);
    return hot || bank || this.#house || isShort(word);
  }
  #joinsHot = false;

  /** Gives out what stands before a place and has not been given out yet. */
  #take(
    at: number,
    island: boolean,
    edge = this.#from[at] ?? this.#raw.length,
  ): Segment | undefined {
    if (edge <= this.#doneRaw) return undefined;
    const begin = this.#doneRaw;
    const places = (all: readonly number[]) =>
      island ? all.slice(this.#done, at).map((place) => place - begin) : [];
    const segment = {
      raw: this.#raw.slice(begin, edge),
      text: this.#text.slice(this.#done, at),
      from: places(this.#from),
      to: places(this.#to),
      island,
    };
    this.#done = at;
    this.#doneRaw = edge;
    return segment;
  }

  /** Drops what has been given out. */
  #forget(): void {
    const [at, edge] = [this.#done, this.#doneRaw];
    if (at === 0 && edge === 0) return;
    this.#raw = this.#raw.slice(edge);
    this.#text = this.#text.slice(at);
    this.#from = this.#from.slice(at).map((place) => place - edge);
    this.#to = this.#to.slice(at).map((place) => place - edge);
    this.#word -= at;
    this.#read -= at;
    if (this.#island >= 0) this.#island -= at;
    this.#done = this.#doneRaw = 0;
  }
}

function ends(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 0x0e00) return code === 32 || (code >= 9 && code <= 13);
  return WORD_END.test(text[at] as string);
}

/** A word that can stand between or around the parts of an identifier. */
function isShort(word: string): boolean {
  const letters = word.replace(/[^A-Za-z]/g, "").length;
  return letters <= 3 || MONTHS.test(word);
}
