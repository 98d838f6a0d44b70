/**
 * Text in images (OCR), read by tesseract where the operator has installed it: a program of its own, which
 * is given an image by its standard input and has an end, also where the image is made to break it.
 * Source: tesseract's manual, "TSV" and "Command line usage".
 */
import { filtered, find } from "./children.ts";
import { CharlaError } from "./errors.ts";
import { InTurn } from "./in-turn.ts";

/** A line of text, and where it stands: left, top, width and height, as shares of the image. */
export interface Line {
  readonly text: string;
  readonly box: readonly [number, number, number, number];
  /** 0 to 1: how sure the program is. */
  readonly sure: number;
}

export interface Recognised {
  /** Lines; an empty one between paragraphs. */
  readonly text: string;
  readonly lines: readonly Line[];
}

/** Of these, the ones that are installed are looked for. */
const WANTED = ["spa", "eng"] as const;

const BOUNDS = { ms: 90_000, memoryBytes: 1.5e9, maxBytes: 8e6 };
/** Images of all people that may wait for one another. */
const MOST_WAITING = 32;
/** Less sure lines are patterns in which the program sees letters. */
const LEAST_SURE = 0.3;

const turns = new InTurn();
let waiting = 0;
/** By the path of the program, once both languages are there. */
const complete = new Map<string, readonly string[]>();

export interface Reader {
  readonly path: string;
  readonly languages: readonly string[];
}

/** Undefined where there is no tesseract; its languages are those of ours that it has. */
export async function findReader(signal: AbortSignal): Promise<Reader | undefined> {
  const path = find("tesseract");
  if (path === undefined) return undefined;
  const known = complete.get(path);
  if (known) return { path, languages: known };
  const listed = await filtered(path, ["--list-langs"], new Uint8Array(), { ...BOUNDS, signal });
  const there = listed.split(/\s+/);
  const languages = WANTED.filter((one) => there.includes(one));
  if (languages.length === WANTED.length) complete.set(path, languages);
  return { path, languages };
}

/** @throws CharlaError `ocr_missing`, `ocr_language_missing` */
async function reader(signal: AbortSignal): Promise<Reader> {
  const found = await findReader(signal);
  if (!found) throw ocrMissing();
  if (found.languages.length > 0) return found;
  throw new CharlaError("ocr_language_missing", {
    status: 422,
    message: "Tesseract has neither Spanish nor English.",
    hint: "Install them where the server is: on Debian and Ubuntu, “apt install tesseract-ocr-spa tesseract-ocr-eng”.",
  });
}

/**
 * One image after the other, whoever asks: it takes a core for seconds.
 *
 * @param image JPEG, PNG, WebP or PNM
 * @throws CharlaError `ocr_missing`, `ocr_language_missing`, `ocr_busy`, `ocr_failed`; the signal's reason
 */
export async function recognise(image: Uint8Array, signal: AbortSignal): Promise<Recognised> {
  const { path, languages } = await reader(signal);
  if (waiting >= MOST_WAITING) throw busy();
  waiting += 1;
  const work = () => {
    signal.throwIfAborted();
    const args = ["stdin", "stdout", "-l", languages.join("+"), "-c", "tessedit_create_tsv=1"];
    return filtered(path, args, image, {
      ...{ ...BOUNDS, signal },
      environment: { OMP_THREAD_LIMIT: "1" },
    });
  };
  try {
    return toLines(await turns.do("tesseract", work));
  } catch (thrown) {
    signal.throwIfAborted();
    throw failed(thrown);
  } finally {
    waiting -= 1;
  }
}

interface Row {
  readonly level: number;
  /** Paragraph and line, by their numbers. */
  readonly paragraph: string;
  readonly line: string;
  readonly box: readonly number[];
  readonly sure: number;
  readonly text: string;
}

/** A row for the page, for each block, paragraph, line and word in it. */
const [PAGE, LINE, WORD] = [1, 4, 5];

export function toLines(tsv: string): Recognised {
  const rows = tsv.split("\n").flatMap((row): Row[] => {
    const [level, page, block, paragraph, line, , left, top, width, height, sure, ...text] =
      row.split("\t");
    if (!/^\d+$/.test(level ?? "")) return [];
    return [
      {
        level: Number(level),
        paragraph: `${page}/${block}/${paragraph}`,
        line: `${page}/${block}/${paragraph}/${line}`,
        box: [left, top, width, height].map(Number),
        sure: Number(sure) / 100,
        text: text.join(" ").trim(),
      },
    ];
  });
  const [, , width = 1, height = 1] = rows.find(({ level }) => level === PAGE)?.box ?? [];
  const boxes = new Map(rows.flatMap((one) => (one.level === LINE ? [[one.line, one.box]] : [])));
  const words = rows.filter(({ level, text }) => level === WORD && text !== "");
  const lines: Line[] = [];
  let text = "";
  let above = "";
  for (const [line, some] of Map.groupBy(words, (word) => word.line)) {
    const sure = some.reduce((sum, word) => sum + word.sure, 0) / some.length;
    if (sure < LEAST_SURE) continue;
    const said = some.map((word) => word.text).join(" ");
    const [x = 0, y = 0, w = 0, h = 0] = boxes.get(line) ?? [];
    const paragraph = some[0]?.paragraph ?? "";
    if (text !== "") text += paragraph === above ? "\n" : "\n\n";
    text += said;
    above = paragraph;
    lines.push({ text: said, box: [x / width, y / height, w / width, h / height], sure });
  }
  return { text, lines };
}

const ocrMissing = () =>
  new CharlaError("ocr_missing", {
    status: 422,
    message: "This server has no tesseract, the program that reads text in images.",
    hint: "Install it where the server is: on Debian and Ubuntu, “apt install tesseract-ocr tesseract-ocr-spa”.",
  });

const busy = () =>
  new CharlaError("ocr_busy", {
    status: 429,
    retryAfter: 60,
    message: "Too many images are waiting for their text to be read.",
    hint: "Try again in a minute.",
  });

const failed = (cause: unknown) =>
  new CharlaError("ocr_failed", {
    status: 422,
    message:
      "The text of the image could not be read: it took too much time or memory, or the image is broken.",
    hint: "Cut out the part that you need and try with that.",
    cause,
  });
