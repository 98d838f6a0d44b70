/** The tools that Charla brings along, without a model. */
import { describe, expect, test } from "vitest";
import { calculate, written } from "../../../src/features/tools/builtin/calculator.ts";
import { tellTime } from "../../../src/features/tools/builtin/clock.ts";
import { runJavaScript } from "../../../src/features/tools/builtin/javascript.ts";
import { readPage } from "../../../src/features/tools/builtin/page.ts";
import { readable } from "../../../src/features/tools/builtin/readable.ts";
import type { Reach } from "../../../src/features/tools/reach.ts";

type Body = ConstructorParameters<typeof Response>[0];

const { signal } = new AbortController();

describe("the calculator", () => {
  test.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["-2^2", -4],
    ["2^3^2", 512],
    ["2 ** -1", 0.5],
    ["10 % 4 - -3", 5],
    ["5! / 3!", 20],
    ["sqrt(2) ^ 2", 2],
    ["round(12.345, 2)", 12.35],
    ["max(1, 7; 3) + mean(2, 4)", 10],
    ["1.5e3 × 2 ÷ 3 − 1", 999],
    ["0.1 + 0.2", 0.3],
    [".5 + 1.", 1.5],
    ["2 * PI", 6.28318530717959],
    ["1234567.89 * 1.21", 1493827.1469],
  ])("%s is %d", (sum, result) => {
    expect(Number(written(calculate(sum)))).toBe(result);
  });

  test.each([
    ["1 / 0", "no finite result"],
    ["(1", '")" is missing'],
    ["1 2", '"2" cannot stand there'],
    ["", "ends too early"],
    ["process.exit()", '".exit()" is not known'],
    ["constructor(1)", '"constructor" is not known'],
    ["toString", '"toString" is not known'],
    ["sin", '"(" is missing'],
    ["999!", "0 to 170"],
    [`${"(".repeat(200)}1`, "too deeply"],
    ["a = 1", '"= 1" is not known'],
  ])("%s is refused in words", (sum, reason) => {
    expect(() => calculate(sum)).toThrow(reason);
  });
});

test("the clock tells the time in a zone, and refuses one that nobody knows", () => {
  const now = new Date("2026-11-29T23:30:05Z");
  expect(tellTime(now, "Europe/Madrid")).toBe(
    "Monday, 2026-11-30 00:30:05 (Europe/Madrid, UTC+01:00)",
  );
  expect(tellTime(now, "UTC")).toBe("Sunday, 2026-11-29 23:30:05 (UTC, UTC)");
  expect(() => tellTime(now, "Mars/Olympus")).toThrow("There is no time zone Mars/Olympus.");
});

/** However busy the machine is. */
const run = (program: string) => runJavaScript(program, signal, 120_000);

describe("JavaScript in the sandbox", () => {
  test("gives what it prints and its last value", async () => {
    const program = "console.log('a', {b: 1}); [1, 2].map((one) => one * 2)";
    expect(await run(program)).toBe('a {"b":1}\n[2,4]');
    expect(await runJavaScript("(async () => { await null; return 5 })()", signal)).toBe("5");
    expect(await runJavaScript("let quiet = 1; undefined", signal)).toBe("(no output)");
  });

  test("has nothing of the house", async () => {
    const names = ["process", "require", "fetch", "XMLHttpRequest", "WebAssembly", "setTimeout"];
    const program = `[${names.map((name) => `typeof ${name}`).join()}].join()`;
    expect(await run(program)).toBe(names.map(() => "undefined").join());
    await expect(run("import('node:fs')")).rejects.toThrow("could not load module");
    await expect(run("console.log.constructor('return process')()")).rejects.toThrow("process");
  });

  test.each([
    ["throw new TypeError('so')", "TypeError: so"],
    ["let a = ", "SyntaxError"],
    ["new Promise(() => {})", "never settled"],
    ["const a = []; while (1) a.push(new Array(1e5).fill(1))", "out of memory"],
    ["const f = () => f(); f()", "stack overflow"],
  ])("%s is told as what it is", async (program, reason) => {
    await expect(run(program)).rejects.toThrow(reason);
  });

  test.each([
    "while (1);",
    "/(a+)+$/.test('a'.repeat(40) + 'b')",
    "JSON.parse('['.repeat(1e6))",
    "let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; o",
  ])("%s ends with its process", async (program) => {
    await expect(runJavaScript(program, signal, 2000)).rejects.toMatchObject({
      code: "program_killed",
    });
  });

  test("ends when nobody waits for it any more", async () => {
    const leave = new AbortController();
    const running = runJavaScript("while (1);", leave.signal);
    leave.abort(new Error("left"));
    await expect(running).rejects.toThrow("left");
  });
});

describe("a page of the web", () => {
  const html = `<!doctype html><title> A  page </title><style>p{}</style><nav>Menu</nav>
    <main><h1>Prices</h1><p>One &amp; two<br>three</p><ul><li>apples<li>pears</ul>
    <table><tr><th>a<td>1</table><div hidden>secret orders</div>
    <p style="display:none">more orders</p><p>End <b>here</b>.</p></main><script>x()</script>`;

  test("is read as its text, without what is hidden or stands on every page", () => {
    const { title, text } = readable(html, 10_000);
    expect(title).toBe("A page");
    expect(text).toBe("# Prices\n\nOne & two\nthree\n- apples\n- pears\na | 1\n\nEnd here.");
    expect(readable(html, 12).text).toBe("# Prices\n\nOn");
  });

  test("is read no further where it is nested more deeply than any page", () => {
    const deep = `<p>so</p>${"<div>".repeat(200_000)}and on${"</div>".repeat(200_000)}`;
    expect(readable(deep, 100).text).toBe("so");
    const wide = `${"<div>on ".repeat(900)}${"<p>so</p>".repeat(50_000)}`;
    expect(readable(wide, 100).text).toMatch(/^on\non/);
  });

  const reach =
    (body: Body, type: string, status = 200): Reach =>
    async () =>
      new Response(body, { status, headers: { "content-type": type } });

  test("is decoded by what it says it is", async () => {
    const latin = new Uint8Array([...Buffer.from("<p>a"), 0xf1, ...Buffer.from("o</p>")]);
    const read = (body: Body, type: string) =>
      readPage(reach(body, type), "http://x.example/", 100, signal);
    expect(await read(latin, "text/html; charset=iso-8859-1")).toBe("año");
    expect(await read("año", "text/plain")).toBe("año");
    expect(await read("<p></p>", "text/html")).toBe("(The page holds no text.)");
    await expect(read("x", "image/png")).rejects.toThrow("cannot be read (image/png)");
    const gone = readPage(reach("", "text/html", 404), "http://x.example/", 100, signal);
    await expect(gone).rejects.toThrow("HTTP 404");
  });
});
