/**
 * XML and HTML, read from front to back: no tree is built, nesting has a limit, and no entity but those of
 * the standards is known, so that none can grow.
 */
import { Parser, type ParserOptions } from "htmlparser2";
import { Unreadable } from "./sections.ts";

export interface Listener {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Elements within each other; what the parser does for each grows with them. */
const DEEPEST = 2000;
/** Characters at a time, so that what is too deep is seen before all is read. */
const PIECE = 65_536;

/** By the names as they are written: "w:p". @throws Unreadable `file_too_deep` */
export const readXml = (source: string, listener: Listener): void =>
  read(source, listener, { xmlMode: true, decodeEntities: true });

/** @throws Unreadable `file_too_deep` */
export const readTags = (source: string, listener: Listener): void =>
  read(source, listener, { decodeEntities: true });

function read(source: string, { open, text, close }: Listener, options: ParserOptions): void {
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth += 1;
        if (depth > DEEPEST) throw new Unreadable("file_too_deep");
        open?.(name, attributes);
      },
      ontext: (data) => text?.(data),
      onclosetag(name) {
        depth -= 1;
        close?.(name);
      },
    },
    options,
  );
  for (let at = 0; at < source.length; at += PIECE) parser.write(source.slice(at, at + PIECE));
  parser.end();
}
