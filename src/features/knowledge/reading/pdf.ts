/** PDF, page by page, by pdf.js. */
import { scansOf } from "./scan.ts";
import { facts, type Reader, tidy, Unreadable } from "./sections.ts";

/** Pages that are read; more of a file is cut off. */
const MOST_PAGES = 5000;
/** Pages whose image is read, which takes seconds for each. */
const MOST_RECOGNISED = 300;

interface Item {
  readonly str: string;
  readonly hasEOL: boolean;
  readonly height: number;
  /** The last two are the place on the page, from the bottom left. */
  readonly transform: readonly number[];
}

export const pdf: Reader = async (bytes, reading) => {
  const { getDocumentProxy } = await import("unpdf");
  const quiet = { isEvalSupported: false, verbosity: 0, useSystemFonts: false };
  const document = await getDocumentProxy(bytes, quiet).catch((thrown: Error) => {
    throw new Unreadable(thrown.name === "PasswordException" ? "file_encrypted" : "file_broken");
  });
  const pages = Math.min(document.numPages, MOST_PAGES);
  let scanned = 0;
  let recognised = 0;
  let cut = document.numPages > pages;
  for (let number = 1; number <= pages; number++) {
    let text = "";
    let read = 0;
    try {
      const page = await document.getPage(number);
      const { items } = await page.getTextContent();
      text = textOf(items as unknown as readonly Item[]);
      if (text === "" && reading.recognise && recognised < MOST_RECOGNISED)
        for (const scan of await scansOf(page))
          read += await reading.recognise({ page: number }, scan);
      page.cleanup();
    } catch {
      // One page that is broken is no reason to lose the others.
    }
    if (read > 0) recognised += 1;
    else if (text === "") scanned += 1;
    else if (!reading.section({ place: { page: number }, text })) {
      cut = true;
      break;
    }
    reading.progress(number, pages);
  }
  if (scanned === pages)
    throw new Unreadable(reading.recognise ? "file_without_text" : "file_scanned");
  return facts({ pages: document.numPages, cut, scanned, recognised });
};

/** Lines into paragraphs: where the gap is wide, one ends; what a hyphen has cut is whole again. */
function textOf(items: readonly Item[]): string {
  let text = "";
  let line = "";
  let above: number | undefined;
  const end = () => {
    text += `${line}\n`;
    line = "";
  };
  for (const { str, hasEOL, height, transform } of items) {
    const y = transform[5] ?? 0;
    const gap = above === undefined ? 0 : above - y;
    if (line === "" && height > 0 && gap > 1.8 * height) text += "\n";
    line += str;
    if (str.trim() !== "") above = y;
    if (hasEOL) end();
  }
  end();
  return tidy(text.replace(/(\p{Ll})-\n(\p{Ll})/gu, "$1$2"));
}
