/** One Chromium for a file of tests, and a fresh, watched page for each test. */
import axe from "axe-core";
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type FileChooser,
  type Page,
} from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

let browser: Browser;

/** @param more arguments of the browser */
export function withBrowser(...more: readonly string[]): void {
  beforeAll(async () => {
    const executablePath = process.env.CHARLA_CHROME ?? "/usr/bin/chromium";
    browser = await chromium.launch({ executablePath, args: [...ARGUMENTS, ...more] });
  });
  afterAll(() => browser.close());
}

export interface Watched {
  readonly page: Page;
  /** Addresses outside the server that the page tried to load. */
  readonly outside: string[];
  /** Errors that nothing caught, and violations of the Content-Security-Policy. */
  readonly faults: string[];
  close(): Promise<void>;
}

/** Opens a page that knows what was asked of the network and what went wrong in it. */
export async function open(url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1280, height: 800 },
    // What it asks for, no test could look at; one allows it.
    serviceWorkers: "block",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const outside: string[] = [];
  const faults: string[] = [];
  const { origin } = new URL(url);
  context.on("request", (request) => {
    const asked = request.url();
    if (!asked.startsWith(origin) && !/^(data|blob):/.test(asked)) outside.push(asked);
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    const blocked = /Content.Security.Policy|Trusted(HTML|Script|ScriptURL|Type)/i;
    if (blocked.test(message.text())) faults.push(message.text());
  });
  await page.goto(url);
  return { page, outside, faults, close: () => context.close() };
}

export const composer = (page: Page) =>
  page.getByPlaceholder(/Write your message|Escribe tu mensaje/);

/** Writes a message and sends it; the page is busy with it by then. */
export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  const sent = page.waitForRequest((request) => request.method() === "POST");
  const busy = page.getByRole("button", { name: /^(Stop the answer|Detener la respuesta)$/ });
  // Under a finger, Enter makes a line.
  if (await page.evaluate('matchMedia("(pointer: coarse)").matches'))
    await page.getByRole("button", { name: /^(Send|Enviar)$/ }).click();
  else await composer(page).press("Enter");
  await Promise.any([sent, busy.waitFor()]);
}

/** Opens a panel by the menu under the list. */
export async function openPanel(page: Page, name: string): Promise<void> {
  await page.locator(".foot-button").click();
  await page.getByRole("menuitem", { name, exact: true }).click();
  // Its code may have to come first; a key pressed before would be nobody's.
  await page.getByRole("dialog").waitFor();
}

/** Chooses language or theme, and closes the dialog. */
export async function prefer(page: Page, label: string, value: string): Promise<void> {
  await openPanel(page, label === "Idioma" ? "Idioma y tema" : "Language and theme");
  await page.getByRole("dialog").getByLabel(label).selectOption(value);
  await page.keyboard.press("Escape");
}

/** Chooses a file in the menu above the list. */
export async function importFile(
  page: Page,
  file: Parameters<FileChooser["setFiles"]>[0],
): Promise<void> {
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "More for your chats" }).click();
  await page.getByRole("menuitem", { name: "Import chats…" }).click();
  await (await choosing).setFiles(file);
}

/** The answers on the page, oldest first. */
export const answers = (page: Page) => page.locator(".message.assistant");
export const questions = (page: Page) => page.locator(".message.user");

/** Waits until no answer is being written. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^(Send|Enviar)$/ }).waitFor();
}

export function expectClean({ outside, faults }: Watched): void {
  expect(outside).toEqual([]);
  expect(faults).toEqual([]);
}

/** What axe finds wrong, in few words. */
export async function findings(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the page's policy does not bind.
  await page.evaluate(axe.source);
  // Colours are judged as they are, not half-way through an animation.
  await page
    .evaluate("Promise.all(document.getAnimations().map((a) => a.finish?.()))")
    .catch(() => {});
  const found = (await page.evaluate("axe.run()")) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
