/** What an image is, by its own bytes, and what it takes of a window. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { imageTokens, lookAt } from "../../../src/core/images.ts";
import { png } from "../../fixtures/images.ts";

const bytes = (...numbers: readonly (number | string)[]) =>
  Buffer.concat(
    numbers.map((one) => (typeof one === "string" ? Buffer.from(one) : Buffer.from([one]))),
  );

test("JPEG, PNG and WebP are known by their bytes, whatever they are called", () => {
  expect(lookAt(png(30, 20, [1, 2, 3]))).toEqual({ media: "image/png", width: 30, height: 20 });
  // A comment, fill bytes, then the frame: 300 wide and 200 high.
  const comment = bytes(0xff, 0xfe, 0, 4, "hi");
  const frame = bytes(0xff, 0xff, 0xc2, 0, 17, 8, 0, 200, 1, 44, 3, "rest of it");
  const jpeg = Buffer.concat([bytes(0xff, 0xd8), comment, frame]);
  expect(lookAt(jpeg)).toEqual({ media: "image/jpeg", width: 300, height: 200 });
  const webp = (kind: string, rest: Buffer) =>
    Buffer.concat([Buffer.from(`RIFF....WEBP${kind}....`), rest, Buffer.alloc(20)]);
  const size = { media: "image/webp", width: 300, height: 200 };
  expect(lookAt(webp("VP8X", bytes(0, 0, 0, 0, 43, 1, 0, 199, 0, 0)))).toEqual(size);
  expect(lookAt(webp("VP8 ", bytes(0, 0, 0, 0x9d, 1, 0x2a, 44, 1, 200, 0)))).toEqual(size);
  const bits = Buffer.alloc(5, 0x2f);
  bits.writeUInt32LE(299 | (199 << 14), 1);
  expect(lookAt(webp("VP8L", bits))).toEqual(size);
});

test("what is none of them, broken, or larger than anybody unpacks is no image", () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
  for (const wrong of [svg, Buffer.from("GIF89a....................."), Buffer.alloc(0)])
    expect(lookAt(wrong)).toBeUndefined();
  const bomb = Buffer.from(png(2, 2, [0, 0, 0]));
  bomb.writeUInt32BE(16_000, 16);
  bomb.writeUInt32BE(16_000, 20);
  expect(lookAt(bomb)).toBeUndefined();
  bomb.writeUInt32BE(0, 16);
  expect(lookAt(bomb)).toBeUndefined();
  // However the bytes go on, it ends.
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
      for (const head of ["\xff\xd8\xff", "\x89PNG\r\n\x1a\n....IHDR", "RIFF....WEBPVP8X"])
        lookAt(Buffer.concat([Buffer.from(head, "latin1"), rest]));
    }),
  );
});

test("an image takes more tokens the larger it is, and never none", () => {
  expect(imageTokens({ width: 1, height: 1 })).toBe(64);
  expect(imageTokens({ width: 1568, height: 1568 })).toBe(3279);
});
