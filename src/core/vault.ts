/**
 * Text at rest: sealed with a key of the person to whom it belongs, so that a copy of the database
 * tells nothing, and erasing the key erases every copy.
 */

export interface Vault {
  /** The person's own sealer; makes the key if there is none. Quick after the first call. */
  of(person: string): Promise<Sealer>;
  /** Destroys a person's key; what it sealed can never be read again. */
  destroy(person: string): Promise<void>;
}

export interface Sealer {
  /**
   * @param place what the text belongs to ("message/<id>/content"), sealed with it, so that nobody
   *   can move it elsewhere
   */
  seal(text: string, place: string): string;
  /** @throws CharlaError `text_unreadable` when key, place or text are not those of the seal */
  open(sealed: string, place: string): string;
  /** The same of bytes: a file, a table of numbers. */
  sealBytes(bytes: Uint8Array, place: string): string;
  /** @throws CharlaError `text_unreadable` */
  openBytes(sealed: string, place: string): Uint8Array;
  /**
   * A name for this person that nobody can make or tell without the person's key.
   *
   * @param purpose where it is used: names of other places have nothing in common
   * @returns 32 bytes in hexadecimal digits
   * @throws CharlaError `text_unreadable` when the key is gone
   */
  tag(purpose: string): string;
}
