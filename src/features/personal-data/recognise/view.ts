/**
 * What a recogniser looks at, and what it gives. A recogniser is a pure function of the view; every
 * regular expression of this folder takes time in proportion to the text: whatever repeats is
 * bounded, or cannot begin anew inside of what it has just refused.
 */
import type { Kind } from "../kinds.ts";

export interface View {
  /** Normalised; what was found already stands there as U+FFFC. */
  readonly text: string;
  /** The same in lower case, unit by unit. */
  readonly lower: string;
  /** Where candidates may begin; before it stands what was said before. */
  readonly begin: number;
}

export interface Candidate {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
}

export type Recogniser = (view: View) => Iterable<Candidate>;

/**
 * The places where a pattern (flags `g`) matches and `judge` agrees: it gives the kind, or the end
 * of what counts with its kind.
 */
export function* matches(
  { text, begin }: View,
  pattern: RegExp,
  judge: (match: RegExpExecArray) => Kind | Omit<Candidate, "start"> | undefined,
): Generator<Candidate> {
  pattern.lastIndex = begin;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const start = match.index;
    const whole = start + match[0].length;
    const verdict = judge(match);
    const at = pattern.lastIndex;
    if (typeof verdict === "string") yield { kind: verdict, start, end: whole };
    else if (verdict) yield { ...verdict, start };
    // What is refused may hide another one that begins within it.
    pattern.lastIndex = verdict ? Math.max(at, start + 1) : start + 1;
  }
}

/** How far back words are looked for, in characters and in words. */
const REACH = 64;
const WORDS = 7;

export interface Hints {
  /** Words that make it likelier. */
  readonly pro: ReadonlySet<string>;
  /** Words that say that it is something else. */
  readonly contra?: ReadonlySet<string>;
}

/** What the nearest word that says anything before a place says: 1 pro, -1 contra, 0 nothing. */
export function hint({ lower }: View, at: number, { pro, contra }: Hints): number {
  const words = lower.slice(Math.max(0, at - REACH), at).match(/[a-z]+|\uFFFC/g) ?? [];
  let seen = 0;
  for (const word of words.reverse()) {
    if (pro.has(word)) return 1;
    if (contra?.has(word)) return -1;
    if (++seen === WORDS) break;
  }
  return 0;
}

export const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** Words before numbers that are about things and not about people. */
export const THINGS = words(`
  pedido pedidos order orders factura facturas invoice invoices albaran albaranes referencia ref
  reference expediente expedientes ticket tickets incidencia caso case seguimiento tracking envio
  shipment parcel paquete isbn issn ean gtin upc sku asin doi articulo item producto product serie
  serial version build commit revision lote batch presupuesto quote contrato poliza reserva booking
  localizador transaccion transaction id uuid hash checksum codigo code part pieza modelo model
  importe total amount precio price bytes registro record fila row linea line asiento entrada
  proceso process pid servidor server host puerto port timestamp licitacion catastral turno
`);

export const digitsOf = (text: string): string => text.replace(/\D/g, "");
