/** A file of chats is read as it comes, however it is cut, and is what JSON says that it is. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readFile } from "../../../src/features/conversations/import-file.ts";

async function read(source: string, size = 7): Promise<{ list: unknown[]; head: unknown }> {
  const bytes = Buffer.from(source);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const list: unknown[] = [];
  let head: unknown;
  for await (const part of readFile(chunks())) {
    if (part.type === "head") head = part.value;
    else if (part.type === "conversation") list.push(part.value);
  }
  return { list, head };
}

test("the chats and the rest are those of the file, however it is cut and indented", async () => {
  const text = fc.string({ unit: fc.constantFrom("\\", '"', "[", "]", "{", ",", "ñ", "😀", "}") });
  const chats = fc.array(fc.oneof(fc.jsonValue(), fc.dictionary(text, text)), { maxLength: 4 });
  const more = fc.dictionary(text, fc.oneof(text, chats), { maxKeys: 3 });
  await fc.assert(
    fc.asyncProperty(
      chats,
      more,
      more,
      fc.integer({ min: 1, max: 40 }),
      fc.nat(2),
      async (conversations, before, after, size, indent) => {
        const file = { ...before, conversations, ...after, conversations2: [1] };
        const source = JSON.stringify({ ...file, conversations }, null, indent);
        const { list, head } = await read(source, size);
        const parsed = JSON.parse(source);
        expect(list).toEqual(parsed.conversations);
        expect(head).toEqual({ ...parsed, conversations: [] });
      },
    ),
  );
});

test.each([
  ['{"conversations":[1,]}', "invalid_json"],
  ['{"conversations":[,1]}', "invalid_json"],
  ['{"conversations":[1', "invalid_json"],
  [`{"title":"${"x".repeat(70_000)}"}`, "import_unknown"],
  [`[${"{},".repeat(40_000)}{}]`, "import_unknown"],
  [`{"conversations":[${"[".repeat(200)}`, "json_too_complex"],
  [`{"conversations":[[${"1,".repeat(310_000)}`, "json_too_complex"],
])("what is no such file is refused: %.30s", async (source, code) => {
  await expect(read(source, 65_536)).rejects.toMatchObject({ code });
});

test("a chat of more than ten megabytes is refused, and its sender can send the rest", async () => {
  let sent = 0;
  async function* long() {
    yield Buffer.from('{"conversations":[1,"');
    for (const mebibyte = Buffer.alloc(2 ** 20, "x"); sent < 15; sent += 1) yield mebibyte;
  }
  const code = "conversation_too_large";
  const read = Array.fromAsync(readFile(long()));
  await expect(read).rejects.toMatchObject({ code, param: "conversations[1]" });
  expect(sent).toBe(15);
});
