/**
 * Texts that make careless patterns take time with the square of their length, or more. A third of a
 * megabyte of each is over in moments; a pattern that backtracks would not be within the limit that
 * every test here has.
 */
import { expect, test } from "vitest";
import { find, Scanner } from "../../../src/features/personal-data/scan.ts";

const SIZE = 300_000;
const fill = (part: string) => part.repeat(Math.ceil(SIZE / part.length)).slice(0, SIZE);

const PARTS = [
  ...[
    "1",
    "1 ",
    "12 ",
    "123-",
    "1.",
    "6",
    "612 ",
    "4",
    "4111 ",
    "00",
    "+1",
    "+ 1",
    "(+34)",
    "(1)",
    "0x",
  ],
  ...[
    "a",
    "A1",
    "a@",
    "a@a.",
    "@",
    "a.",
    "a-",
    "x_1",
    "eyJ",
    "eyJa.eyJ",
    "sk-",
    "AKIA",
    "ghp_a",
    "ES91",
    "ES 91 ",
  ],
  ...["-", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "-----END", "PRIVATE KEY 1"],
  ...["calle A ", "calle Mayor de ", "5 Baker ", "5 A ", "C/", "A1 de ", "3 de mayo de ", "may 1 "],
  ...[
    "password:",
    "password = ",
    "bearer ",
    "://a:",
    "://1:1@",
    "[",
    "[DNI_",
    "[DNI_1]",
    "1[DNI_1]",
  ],
  ...[
    "::",
    "1:",
    "f::1:",
    "1.1.1.1",
    "\u200b",
    "1\u200b",
    "\u0301",
    "１",
    "日1",
    "\ud83d",
    "\n1",
    "\t1",
  ],
];

test.each(PARTS)("300 kB of %j", (part) => {
  expect(find(fill(part)).length).toBeGreaterThanOrEqual(0);
});

test.each(["1", "1 ", "a", "sk-a", "日"])("a stream of single characters of %j", (part) => {
  const scanner = new Scanner();
  let length = 0;
  for (const character of fill(part).slice(0, SIZE / 6)) {
    for (const { raw } of scanner.push(character)) length += raw.length;
  }
  for (const { raw } of scanner.end()) length += raw.length;
  expect(length).toBe(SIZE / 6);
});
