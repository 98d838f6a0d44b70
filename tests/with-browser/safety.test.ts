/**
 * Hostile text in every place that shows text: no script runs, nothing outside is asked for, and
 * our own code does not break the page's policy.
 */
import { expect, test } from "vitest";
import { answers, expectClean, open, questions, say, settled, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

/** Each tries to set `window.hit` or to load from evil.test. */
const ATTACKS = [
  "<script>window.hit=1</script>",
  "<img src=x onerror=window.hit=2>",
  '<img src="https://evil.test/pixel.png">',
  "<svg onload=window.hit=3><script>window.hit=3</script></svg>",
  "<svg><animate onbegin=window.hit=4 attributeName=x dur=1s></svg>",
  '<a href="javascript:window.hit=5">click</a>',
  "[click](javascript:window.hit=6)",
  "[click](java\nscript:window.hit=6)",
  "[click](&#106;avascript:window.hit=7)",
  "[click](data:text/html,<script>window.hit=8</script>)",
  "[click](vbscript:window.hit=8)",
  "![x](https://evil.test/markdown.png)",
  "![x][ref]\n\n[ref]: https://evil.test/reference.png",
  "<https://evil.test/auto>",
  '<iframe src="https://evil.test/frame"></iframe>',
  '<iframe srcdoc="<script>parent.hit=9</script>"></iframe>',
  '<object data="https://evil.test/object"></object><embed src="https://evil.test/embed">',
  '<link rel="stylesheet" href="https://evil.test/style.css">',
  "<style>@import url(https://evil.test/import.css); body{display:none}</style>",
  '<div style="background:url(https://evil.test/background.png)">styled</div>',
  '<form action="https://evil.test/form"><button formaction="javascript:window.hit=10">x</button></form>',
  '<input autofocus onfocus="window.hit=11">',
  '<details open ontoggle="window.hit=12">x</details>',
  '<video src="https://evil.test/v"><source onerror="window.hit=13"></video>',
  '<audio src="https://evil.test/a" autoplay></audio>',
  '<base href="https://evil.test/"><meta http-equiv="refresh" content="0;url=https://evil.test/">',
  '<math><mtext><table><mglyph><style><img src=x onerror="window.hit=14">',
  '<noscript><p title="</noscript><img src=x onerror=window.hit=15>">',
  '<div id="root" name="root">clobbered</div><form id="location"><input name="href"></form>',
  '<a id="hit" name="hit">clobbers</a>',
  "```html\n<img src=x onerror=window.hit=16>\n```",
  '```"><img src=x onerror=window.hit=17>\ncode\n```',
  "```__proto__\ncode\n```",
  "`<img src=x onerror=window.hit=18>`",
  "$$\\href{javascript:window.hit=19}{x}$$",
  "$$\\includegraphics{https://evil.test/katex.png}$$",
  "$$\\htmlStyle{background:url(https://evil.test/k)}{x} \\htmlId{root}{y}$$",
  "$$\\def\\a{\\a\\a}\\a$$",
  "$$<img src=x onerror=window.hit=20>$$",
  "| a |\n|---|\n| <img src=x onerror=window.hit=21> |",
  "- [ ] <img src=x onerror=window.hit=22>",
  "[^1]\n\n[^1]: <img src=x onerror=window.hit=23>",
  '[a](https://evil.test/"onmouseover="window.hit=24)',
  "\u202Egnp.exe <img src=x onerror=window.hit=25>",
];

declare global {
  // Set by an attack that works.
  var hit: number | undefined;
}

test.each(["assistant", "user"] as const)("in the text of the %s", async (role) => {
  await using server = await serve({
    script: { reply: () => (role === "assistant" ? ATTACKS.join("\n\n") : "") },
  });
  const watched = await open(server.url);
  const { page } = watched;
  await say(page, role === "user" ? ATTACKS.join("\n\n") : "go");
  await settled(page);
  await (role === "user" ? questions(page) : answers(page)).getByText("clobber").first().waitFor();
  // Links are shown, and lead nowhere by themselves; images are not even there.
  expect(await page.locator(".message img, .message iframe, .message form").count()).toBe(0);
  expect(await page.locator("[id=root]").count()).toBe(1);
  const schemes = await page
    .locator(".message a")
    .evaluateAll((links) =>
      links.map((link) => new URL((link as { href: string } & typeof link).href).protocol),
    );
  for (const scheme of schemes) expect(["http:", "https:", "mailto:"]).toContain(scheme);
  for (const link of await page.locator(".message a[target]").all()) {
    expect(await link.getAttribute("rel")).toBe("noopener noreferrer");
  }
  // Whatever waits for the pointer or the focus gets it.
  for (const link of await page.locator(".message span, .message a").all()) {
    await link.dispatchEvent("mouseover");
    await link.dispatchEvent("focus");
  }
  expect(await page.evaluate(() => globalThis.hit)).toBeUndefined();
  expectClean(watched);
  await watched.close();
});

test("one by one, so that none hides behind another's unclosed tag", async () => {
  let next = 0;
  await using server = await serve({
    script: { reply: () => ATTACKS[next++ % ATTACKS.length] ?? "" },
  });
  const base = `${server.url}/api/conversations`;
  const post = async (path: string, body: object) => {
    const response = await fetch(path, { method: "POST", body: JSON.stringify(body) });
    return response.json() as Promise<{ id: string; answer: { id: string } }>;
  };
  const { id } = await post(base, {});
  let parentId: string | null = null;
  for (const attack of ATTACKS) {
    const { answer } = await post(`${base}/${id}/turns`, { content: attack, parentId });
    // Its stream ends when it is written.
    await (await fetch(`${base}/${id}/messages/${answer.id}/stream`)).text();
    parentId = answer.id;
  }
  const watched = await open(`${server.url}/c/${id}`);
  const { page } = watched;
  await expect.poll(() => answers(page).count()).toBeGreaterThan(ATTACKS.length - 5);
  for (const answer of await answers(page).all()) await answer.scrollIntoViewIfNeeded();
  expect(await page.locator(".message img").count()).toBe(0);
  expect(await page.evaluate(() => globalThis.hit)).toBeUndefined();
  expectClean(watched);
  await watched.close();
});

test("in titles, searches and the names of files and models", async () => {
  const evil = '<img src=x onerror="window.hit=1">';
  await using server = await serve({ script: { id: evil, reply: () => "" } });
  const watched = await open(server.url);
  const { page } = watched;
  await say(page, `${evil} needle`);
  await settled(page);
  await page.getByRole("link", { name: evil }).first().waitFor();
  await page.getByRole("searchbox").fill("needle");
  await page.locator("mark").waitFor();
  await page.locator(".model-chip", { hasText: evil }).waitFor();
  await page.getByRole("button", { name: "Settings of this chat" }).click();
  await page.getByRole("option", { name: evil }).waitFor({ state: "attached" });
  await page.keyboard.press("Escape");
  const file = { name: `${evil}.json`, mimeType: "application/json", buffer: Buffer.from("x") };
  await page.getByLabel("Import from JSON…").setInputFiles(file);
  await page.getByRole("alert").getByText(evil).waitFor();
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.evaluate(() => globalThis.hit)).toBeUndefined();
  expectClean(watched);
  await watched.close();
});
