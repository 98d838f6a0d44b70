/**
 * Hostile text in every place that shows text: no script runs, nothing outside is asked for, and
 * our own code does not break the page's policy.
 */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  answers,
  expectClean,
  importFile,
  open,
  questions,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
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
  // SVG, as a picture, inline and in code.
  "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9IndpbmRvdy5oaXQ9MzAiLz4=)",
  '<svg><use href="data:image/svg+xml,<svg id=a onload=window.hit=31>#a"></use></svg>',
  '<svg><a xlink:href="javascript:window.hit=32"><text y=20>click</text></a></svg>',
  "<svg><foreignObject><iframe srcdoc='<script>parent.hit=33</script>'></iframe></foreignObject></svg>",
  '<svg><image href="https://evil.test/inline.png"/><feImage href="https://evil.test/filter.png"/></svg>',
  '<svg><set attributeName="href" to="javascript:window.hit=34"/></svg>',
  "<svg><style>@import url(https://evil.test/svg.css)</style></svg>",
  '```svg\n<svg xmlns="http://www.w3.org/2000/svg" onload="window.hit=35"/>\n```',
  '```mermaid\ngraph TD; A["<img src=x onerror=window.hit=36>"]; click A "javascript:window.hit=36"\n```',
  // LaTeX that makes links, attributes, pictures, macros, or leaves its own box.
  "$\\url{javascript:window.hit=40}$ \\(\\href{data:text/html,<script>parent.hit=41</script>}{x}\\)",
  '$$\\href{https://evil.test/\\"onmouseover=\\"window.hit=42}{x}$$',
  '$$\\htmlClass{x" onclick="window.hit=43}{y} \\htmlData{a=" onclick="window.hit=44}{z}$$',
  "$$\\text{<img src=x onerror=window.hit=45>} \\verb|<script>window.hit=46</script>|$$",
  "$$\\textcolor{red;background:url(https://evil.test/colour)}{x}$$",
  '$$\\color{#fff" onload="window.hit=47}x$$',
  "$$\\newcommand{\\x}{<svg onload=window.hit=48>}\\x$$",
  "$$\\unicode{x3c}img src=x onerror=window.hit=49\\unicode{x3e}$$",
  "$$\\rule{99999em}{99999em}\\kern{-99999em}$$",
  "$$\n</math><img src=x onerror=window.hit=50>\n$$",
  // Entities, encodings and odd tags, in the order in which filters have fallen for them.
  "&lt;img src=x onerror=window.hit=51&gt; &#60;script&#62;window.hit=52&#60;/script&#62;",
  "<scr<script>ipt>window.hit=53</scr</script>ipt>",
  "<img/src=x/onerror=window.hit=54//>",
  "<IMG SRC=x OnErRoR=window.hit=55>",
  "<img src=x\u000conerror=window.hit=56>",
  "<x-custom onpointerenter=window.hit=57 style=display:block>x</x-custom>",
  "<template><img src=x onerror=window.hit=58></template>",
  "<textarea><img src=x onerror=window.hit=59></textarea><title><img src=x onerror=window.hit=59></title>",
  "<!--><img src=x onerror=window.hit=60>--><![CDATA[<img src=x onerror=window.hit=60>]]>",
  "<portal src=https://evil.test/portal></portal><fencedframe src=https://evil.test/f></fencedframe>",
  '<link rel="preconnect dns-prefetch" href="https://evil.test/dns">',
  '<meta http-equiv="Content-Security-Policy" content="script-src *"><script src=https://evil.test/s.js></script>',
  "[click]( javascript:window.hit=61 ) [click](\u0001javascript:window.hit=62) [click](JaVaScRiPt:window.hit=63)",
  "[click](blob:https://evil.test/1) [click](file:///etc/passwd) [click](filesystem:x) [click](//evil.test)",
  '[ref]: javascript:window.hit=64 "t"\n\n[ref] ![ref]',
  "<javascript:window.hit=65> www.evil.test/auto mailto:a@evil.test?body=<script>",
  "**<img src=x onerror=window.hit=66>** ~~<svg onload=window.hit=66>~~ [<img src=x onerror=window.hit=66>](https://evil.test)",
  "# <img src=x onerror=window.hit=67>\n\n> <img src=x onerror=window.hit=67>\n\n1. <svg onload=window.hit=67>",
];

/** All ways in which a page makes markup or script of text. */
const SINKS = [
  "document.createElement('div').innerHTML = '<b></b>'",
  "document.body.outerHTML = '<b></b>'",
  "document.body.insertAdjacentHTML('beforeend', '<b></b>')",
  "document.write('<b></b>')",
  "document.createElement('script').text = 'hit = 1'",
  "document.createElement('script').src = 'https://evil.test/'",
  "document.createElement('iframe').srcdoc = '<b></b>'",
  "new DOMParser().parseFromString('<b></b>', 'text/html')",
  "document.createRange().createContextualFragment('<b></b>')",
  "new Worker('/worker.js')",
  "trustedTypes.createPolicy('mine', {})",
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
  // The page keeps what is near the eye, so the eye goes over all of it.
  const seen = new Set<string>();
  const upwards = async () => {
    const ids = "[...document.querySelectorAll('.message.assistant')].map((one) => one.dataset.id)";
    for (const one of await page.evaluate<string[]>(ids)) seen.add(one);
    expect(await page.locator(".message img").count()).toBe(0);
    await page.keyboard.press("PageUp");
    return seen.size;
  };
  await page.locator(".scroller").focus();
  await expect.poll(upwards).toBeGreaterThan(ATTACKS.length - 5);
  expect(await page.evaluate(() => globalThis.hit)).toBeUndefined();
  expectClean(watched);
  await watched.close();
});

test("in a chat that is shared by a link", async () => {
  const home = await mkdtemp(join(tmpdir(), "charla-page-"));
  await writeFile(join(home, "policy.toml"), "[sharing]\nenabled = true\n");
  await using server = await serve({ home, script: { reply: () => ATTACKS.join("\n\n") } });
  const base = `${server.url}/api/conversations`;
  const post = async (path: string, body: object) => {
    const response = await fetch(path, { method: "POST", body: JSON.stringify(body) });
    expect(response.status).toBeLessThan(300);
    return (await response.json()) as { id: string; answer: { id: string }; token: string };
  };
  const { id } = await post(base, {});
  const content = ATTACKS.join("\n\n");
  const { answer } = await post(`${base}/${id}/turns`, { content, parentId: null });
  await (await fetch(`${base}/${id}/messages/${answer.id}/stream`)).text();
  const title = '<img src=x onerror="window.hit=70">';
  await fetch(`${base}/${id}`, { method: "PATCH", body: JSON.stringify({ title }) });
  const { token } = await post(`${base}/${id}/shares`, { days: 1 });
  const watched = await open(`${server.url}/shared#${token}`);
  const { page } = watched;
  await page.getByText(title).first().waitFor();
  await answers(page).getByText("clobber").first().waitFor();
  for (const link of await page.locator(".message span, .message a").all()) {
    await link.dispatchEvent("mouseover");
  }
  expect(await page.locator("img, iframe, .message form").count()).toBe(0);
  expect(await page.evaluate(() => globalThis.hit)).toBeUndefined();
  expectClean(watched);
  await watched.close();
});

test("in titles, each of them, in the list and in the name of the window", async () => {
  await using server = await serve({ script: { reply: () => "" } });
  const base = `${server.url}/api/conversations`;
  const send = async (method: string, path: string, body: object) => {
    const response = await fetch(path, { method, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as { id: string } };
  };
  let last = "";
  for (const attack of ATTACKS) {
    const { body } = await send("POST", base, {});
    // A title is one short line; what is longer is refused and could not be one.
    const title = attack.replace(/[\0\n]/g, " ").slice(0, 100);
    const { status } = await send("PATCH", `${base}/${body.id}`, { title });
    expect(status).toBe(200);
    last = body.id;
  }
  const watched = await open(`${server.url}/c/${last}`);
  const { page } = watched;
  const links = page.locator("aside a");
  await expect.poll(() => links.count()).toBeGreaterThan(ATTACKS.length / 2);
  for (const link of await links.all()) await link.dispatchEvent("mouseover");
  expect(await page.title()).toContain("<img src=x onerror=window.hit=67>");
  expect(await page.locator("img, iframe, form[action]").count()).toBe(0);
  expect(await page.evaluate(() => globalThis.hit)).toBeUndefined();
  expectClean(watched);
  await watched.close();
});

test("the page makes no markup of text, whoever asks it to (Trusted Types)", async () => {
  await using server = await serve();
  const { page, close } = await open(server.url);
  for (const sink of SINKS) {
    await expect(page.evaluate(sink), sink).rejects.toThrow(/Trusted|disallowed/i);
  }
  await close();
});

test("in titles, searches and the names of files and models", async () => {
  const evil = '<img src=x onerror="window.hit=1">';
  await using server = await serve({ script: { id: evil, name: evil, reply: () => "" } });
  const watched = await open(server.url);
  const { page } = watched;
  await say(page, `${evil} needle`);
  await settled(page);
  await page.getByRole("link", { name: evil }).first().waitFor();
  await page.getByRole("searchbox").fill("needle");
  await page.locator("mark").first().waitFor();
  await page.locator(".model-chip", { hasText: evil }).waitFor();
  await page.getByRole("button", { name: "Settings of this chat" }).click();
  await page.getByRole("option", { name: evil }).waitFor({ state: "attached" });
  await page.keyboard.press("Escape");
  const file = { name: `${evil}.json`, mimeType: "application/json", buffer: Buffer.from("x") };
  await importFile(page, file);
  await page.getByRole("alert").waitFor();
  await page.getByRole("dialog").getByText(evil).waitFor();
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.evaluate(() => globalThis.hit)).toBeUndefined();
  expectClean(watched);
  await watched.close();
});
