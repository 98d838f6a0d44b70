/** The pictures on a page of a PDF that has no text, as PNM: what a scanner has put there. */
import { getResolvedPDFJS } from "unpdf";

interface Picture {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** What of a page of pdf.js is asked here. */
interface Page {
  getOperatorList(): Promise<{
    readonly fnArray: readonly number[];
    readonly argsArray: readonly (readonly unknown[] | null)[];
  }>;
  readonly commonObjs: Objects;
  readonly objs: Objects;
}
interface Objects {
  get(key: string, done: (found: unknown) => void): void;
}

/** Pixels of one; a page of A4 at 600 dots per inch has 35 million. */
const MOST_PIXELS = 50e6;
/** Some scanners cut a page into strips; what is far smaller than the rest is a stamp or a line. */
const LEAST_SHARE = 0.1;
const MOST = 24;

/** In the order in which they are painted. */
export async function scansOf(given: unknown): Promise<Uint8Array[]> {
  const page = given as Page;
  const { OPS } = await getResolvedPDFJS();
  const { fnArray, argsArray } = await page.getOperatorList();
  const painted: number[] = [OPS.paintImageXObject, OPS.paintInlineImageXObject];
  painted.push(OPS.paintImageMaskXObject);
  const found: Picture[] = [];
  for (const [index, operation] of fnArray.entries()) {
    const [argument] = argsArray[index] ?? [];
    if (!painted.includes(operation)) continue;
    const picture = pictureOf(await resolved(page, argument));
    if (picture && found.length < MOST) found.push(picture);
  }
  const size = ({ width, height }: Picture) => width * height;
  const largest = Math.max(0, ...found.map(size));
  return found.filter((one) => size(one) >= LEAST_SHARE * largest).flatMap((one) => pnm(one) ?? []);
}

async function resolved(page: Page, argument: unknown): Promise<unknown> {
  const named = argument as { data?: unknown } | null;
  const key = typeof argument === "string" ? argument : named?.data;
  if (typeof key !== "string") return argument;
  const objects = key.startsWith("g_") ? page.commonObjs : page.objs;
  const found = await new Promise((resolve) => objects.get(key, resolve));
  return typeof argument === "string" ? found : { ...named, ...(found as object) };
}

function pictureOf(given: unknown): Picture | undefined {
  const { data, width, height } = (given ?? {}) as Partial<Picture>;
  if (!data || !width || !height || width * height > MOST_PIXELS) return undefined;
  return data instanceof Uint8Array || data instanceof Uint8ClampedArray
    ? { data, width, height }
    : undefined;
}

/** Source: the manual of Netpbm, "pbm", "pgm" and "ppm". What has another shape is undefined. */
function pnm({ data, width, height }: Picture): Uint8Array | undefined {
  const pixels = width * height;
  const made = (kind: string, bytes: Uint8Array) =>
    Buffer.concat([
      Buffer.from(`${kind}\n${width} ${height}\n${kind === "P4" ? "" : "255\n"}`),
      bytes,
    ]);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  // One bit a pixel: 1 is white in a PDF, and black in a PBM.
  if (bytes.length === Math.ceil(width / 8) * height)
    return made(
      "P4",
      bytes.map((byte) => ~byte),
    );
  if (bytes.length === pixels) return made("P5", bytes);
  if (bytes.length === 3 * pixels) return made("P6", bytes);
  if (bytes.length !== 4 * pixels) return undefined;
  const colours = new Uint8Array(3 * pixels);
  for (let at = 0; at < pixels; at++) {
    colours[3 * at] = bytes[4 * at] ?? 0;
    colours[3 * at + 1] = bytes[4 * at + 1] ?? 0;
    colours[3 * at + 2] = bytes[4 * at + 2] ?? 0;
  }
  return made("P6", colours);
}
