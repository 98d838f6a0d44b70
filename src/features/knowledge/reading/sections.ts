/** What is taken out of a file: its text in sections, each with its place, in the order of reading. */
import type { Place } from "../api.ts";

export interface Section {
  readonly place: Place;
  readonly text: string;
}

/** What is known of a file once it was read. */
export interface Facts {
  /** Pages, slides or sheets; null where it has none. */
  readonly pages: number | null;
  /** Whether only the beginning was taken. */
  readonly cut: boolean;
  /** Pages that hold an image, and no text that could be read. */
  readonly scanned: number;
  /** Pages whose text was read from their image. */
  readonly recognised: number;
}

/** Why no text could be taken out, by the code of the error that people are told. */
export class Unreadable extends Error {
  readonly code: ReadingCode;
  constructor(code: ReadingCode) {
    super(code);
    this.code = code;
  }
}

export type ReadingCode =
  | "file_unknown"
  | "file_old_office"
  | "file_encrypted"
  | "file_scanned"
  | "file_without_text"
  | "file_broken"
  | "file_too_deep"
  | "file_too_heavy";

/** Characters of a file's text: about 5,000 pages. */
export const MOST_TEXT = 15_000_000;
/** Sections of a file. */
export const MOST_SECTIONS = 100_000;

/** A reader gives sections, tells how far it is, and at the end what it knows. */
export interface Reading {
  /** @returns false once there is enough */
  section(section: Section): boolean;
  progress(done: number, total: number): void;
  /**
   * Has the text of an image read by another process, as a section; absent where nobody can.
   *
   * @param image JPEG, PNG, WebP or PNM
   * @returns characters of it
   */
  recognise?(place: Place, image: Uint8Array): Promise<number>;
}

export type Reader = (bytes: Uint8Array, reading: Reading) => Facts | Promise<Facts>;

const NO_PAGES: Facts = { pages: null, cut: false, scanned: 0, recognised: 0 };
export const facts = (known: Partial<Facts>): Facts => ({ ...NO_PAGES, ...known });

/** Lines without the spaces at their ends, and no more than one empty line in a row. */
export const tidy = (text: string): string =>
  text
    .replace(/\r\n?/g, "\n")
    .replace(/[^\S\n]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();

/** Puts lines into sections by the headings above them. */
export class Outline {
  readonly #reading: Reading;
  readonly #base: Place;
  #headings: string[] = [];
  #lines: string[] = [];
  #enough = false;

  constructor(reading: Reading, base: Place = {}) {
    this.#reading = reading;
    this.#base = base;
  }

  /** Whether no more is taken. */
  get enough(): boolean {
    return this.#enough;
  }

  /** @param level 1 for the highest */
  heading(level: number, text: string): void {
    const plain = text.replace(/\s+/g, " ").trim().slice(0, 200);
    if (plain === "") return;
    this.end();
    this.#headings.length = Math.min(this.#headings.length, Math.max(0, level - 1));
    this.#headings.push(plain);
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  end(): void {
    const text = tidy(this.#lines.join("\n"));
    this.#lines = [];
    if (text === "" || this.#enough) return;
    const headings = this.#headings.length > 0 && { headings: [...this.#headings] };
    this.#enough = !this.#reading.section({ place: { ...this.#base, ...headings }, text });
  }
}
