/** Text in images: what is made of the program's table, and the program itself where it is installed. */
import { expect, test, vi } from "vitest";
import { find } from "../../../src/core/children.ts";
import { findReader, recognise, toLines } from "../../../src/core/ocr.ts";
import { greyPng, png, written } from "../../fixtures/images.ts";

const { signal } = new AbortController();

const TABLE = [
  "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext",
  "1\t1\t0\t0\t0\t0\t0\t0\t200\t100\t-1\t",
  "4\t1\t1\t1\t1\t0\t20\t10\t100\t20\t-1\t",
  "5\t1\t1\t1\t1\t1\t20\t10\t40\t20\t96.5\tFactura",
  "5\t1\t1\t1\t1\t2\t70\t10\t50\t20\t91.5\tn.º",
  "4\t1\t1\t1\t2\t0\t20\t40\t100\t20\t-1\t",
  "5\t1\t1\t1\t2\t1\t20\t40\t100\t20\t80\t7",
  "4\t1\t2\t1\t1\t0\t20\t70\t100\t20\t-1\t",
  "5\t1\t2\t1\t1\t1\t20\t70\t100\t20\t12\t|~,.",
  "4\t1\t3\t1\t1\t0\t20\t80\t100\t20\t-1\t",
  "5\t1\t3\t1\t1\t1\t20\t80\t100\t20\t88\tTotal",
  "",
].join("\n");

test("words become lines with their places, paragraphs apart, and patterns are left out", () => {
  const { text, lines } = toLines(TABLE);
  expect(text).toBe("Factura n.º\n7\n\nTotal");
  expect(lines[0]).toEqual({ text: "Factura n.º", box: [0.1, 0.1, 0.5, 0.2], sure: 0.94 });
  expect(lines.map((line) => line.text)).toEqual(["Factura n.º", "7", "Total"]);
  expect(toLines("")).toEqual({ text: "", lines: [] });
});

test("where there is no tesseract, it says how to install it", async () => {
  vi.stubEnv("PATH", "/nonexistent");
  const failed = await recognise(png(9, 9, [0, 0, 0]), signal).catch((thrown) => thrown);
  expect(await findReader(signal)).toBeUndefined();
  vi.unstubAllEnvs();
  expect(failed).toMatchObject({ code: "ocr_missing", status: 422 });
  expect(failed.hint).toContain("apt install tesseract-ocr tesseract-ocr-spa");
});

// No skip, which in CI is a failure: a machine that cannot have it tests all the rest.
if (find("tesseract"))
  test("tesseract reads an image, ends where it is broken, and stops when told", async () => {
    expect((await findReader(signal))?.languages).toContain("eng");
    const page = greyPng(written(["HOTEL", "TEATRO"]));
    const { text, lines } = await recognise(page, signal);
    expect(text.split(/\s+/)).toEqual(["HOTEL", "TEATRO"]);
    for (const { box, sure } of lines) {
      for (const share of box) expect(share).toBeGreaterThan(0);
      expect(Math.max(...box)).toBeLessThan(1);
      expect(sure).toBeGreaterThan(0.3);
    }
    const broken = recognise(page.subarray(0, 300), signal);
    await expect(broken).rejects.toMatchObject({ code: "ocr_failed" });
    const left = AbortSignal.abort(new Error("left"));
    await expect(recognise(page, left)).rejects.toThrow("left");
  });
