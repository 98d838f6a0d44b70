/** Scans and screenshots: whose images are read by another process, page by page. */
import { expect, test } from "vitest";
import { find } from "../../../src/core/children.ts";
import type { Passage } from "../../../src/features/knowledge/api.ts";
import { readFileOf } from "../../../src/features/knowledge/reading/child.ts";
import type { Section } from "../../../src/features/knowledge/reading/sections.ts";
import { greyPng, written } from "../../fixtures/images.ts";
import { packed, pdf, scan } from "./made.ts";
import { opened } from "./opened.ts";

const PAGES = [written(["CASA"], 2), written(["NORTE"], 2), written(["HOTEL"], 2)];

/** By the process that the product uses, with somebody who reads images as the test says. */
async function read(
  name: string,
  bytes: Uint8Array,
  recognise: (image: Uint8Array) => Promise<string>,
  ms = 60_000,
) {
  const sections: Section[] = [];
  const images: Uint8Array[] = [];
  const facts = await readFileOf(
    {
      ...{ name, bytes: bytes.length, signal: new AbortController().signal, progress: () => {} },
      sections: (some) => void sections.push(...some),
      async recognise(image) {
        images.push(image);
        return recognise(image);
      },
      async *content() {
        yield bytes;
      },
    },
    { ms, memoryBytes: 900e6 },
  );
  return { sections, facts, images };
}

test("each page without text is given as an image, and keeps its place", {
  timeout: 60_000,
}, async () => {
  let n = 0;
  const { sections, facts, images } = await read("scan.pdf", scan(PAGES), async () => {
    n += 1;
    if (n === 2) throw new Error("this one broke it");
    return `page ${n}`;
  });
  expect(sections).toEqual([
    { place: { page: 1 }, text: "page 1" },
    { place: { page: 3 }, text: "page 3" },
  ]);
  expect(facts).toMatchObject({ pages: 3, recognised: 2, scanned: 1, cut: false });
  const [first] = PAGES;
  const head = Buffer.from(`P6\n${first?.width} ${first?.height}\n255\n`);
  const [image = new Uint8Array()] = images;
  expect(Buffer.from(image.subarray(0, head.length))).toEqual(head);
  // In three equal colours what was one grey.
  const reds = image.subarray(head.length).filter((_, index) => index % 3 === 0);
  expect(Buffer.from(reds)).toEqual(Buffer.from(first?.pixels ?? []));
});

test("a page in black and white is one of bits, black as 1", { timeout: 60_000 }, async () => {
  const [page] = PAGES;
  if (!page) throw new TypeError("there are pages");
  const { images } = await read("fax.pdf", scan([page], 1), async () => "CASA");
  const head = Buffer.from(`P4\n${page.width} ${page.height}\n`);
  const [image = new Uint8Array()] = images;
  expect(Buffer.from(image.subarray(0, head.length))).toEqual(head);
  const body = Buffer.from(image.subarray(head.length));
  expect(body).toEqual(Buffer.from(packed(page).map((byte) => ~byte)));
});

test("what has text is not read again, and where nothing is found that is said", {
  timeout: 60_000,
}, async () => {
  const text = await read("text.pdf", pdf([["The text is here"]]), async () => "never");
  expect(text.images).toEqual([]);
  const empty = read("scan.pdf", scan(PAGES), async () => "");
  await expect(empty).rejects.toMatchObject({ code: "file_without_text" });
  const screenshot = greyPng(written(["HOTEL"]));
  const shot = await read("shot.png", screenshot, async () => "HOTEL");
  expect(shot.sections).toEqual([{ place: {}, text: "HOTEL" }]);
  expect(Buffer.from(shot.images[0] ?? [])).toEqual(Buffer.from(screenshot));
});

if (find("tesseract"))
  test("a scan and a screenshot are found by the words on them", { timeout: 120_000 }, async () => {
    const { call, read: give } = await opened();
    const pages = [written(["HOTEL"]), written(["TEATRO"])];
    const file = await give("scan.pdf", scan(pages));
    expect(file).toMatchObject({ state: "ready", pages: 2, recognised: 2, scanned: 0 });
    await give("shot.png", greyPng(written(["HOTEL", "TEATRO"])));
    const search = async (query: string) =>
      (await call("POST", "/api/files/search", { query })).body.passages;
    const found = (await search("teatro")).map(({ name, place }: Passage) => [name, place.page]);
    expect(found.toSorted()).toEqual([
      ["scan.pdf", 2],
      ["shot.png", undefined],
    ]);
  });
