/** The models panel with a real library, whose hub is a server of this machine. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Readiness } from "../../src/features/api/open.ts";
import { writeGpt2 } from "../fixtures/gpt2.ts";
import { HubServer, modelOf } from "../unit/library/hub-server.ts";
import {
  answers,
  composer,
  expectClean,
  findings,
  open,
  openPanel,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

/** Appended to a real model, so that its download takes a while. */
const PADDING_BYTES = 8 * 2 ** 20;
let folder: string;
let bytes: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "charla-models-"));
  const path = join(folder, "tiny.gguf");
  writeGpt2(path);
  bytes = Buffer.concat([await readFile(path), Buffer.alloc(PADDING_BYTES)]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const catalogue = () => [
  modelOf(bytes, { id: "smollm2-135m", name: "Starter" }),
  modelOf(bytes, {
    id: "better",
    name: "Better <b>model</b>",
    description: { en: "Answers well.", es: "Responde bien." },
    hub: { repository: "someone/better", revision: "main", file: "better.gguf" },
  }),
];

const card = (page: Page, name: string) => page.locator(".model", { hasText: name });

test("says that the starter is on its way, then what it is good for", async () => {
  const hub = await HubServer.start(bytes);
  hub.chunkMs = 15;
  await using server = await serve({ library: { hub: hub.hub(), catalogue: catalogue() } });
  const watched = await open(server.url);
  const { page } = watched;
  await page
    .getByRole("status")
    .getByText(/Downloading/)
    .waitFor();
  expect(await findings(page)).toEqual([]);
  await page.getByText("is a starter model.").waitFor();
  await page
    .getByRole("status")
    .getByText(/Downloading/)
    .waitFor({ state: "detached" });
  await say(page, "hello");
  await answers(page).getByText("You said: hello").waitFor();
  expectClean(watched);
  await watched.close();
  await hub.close();
});

test("downloads with progress, cancels, goes on, switches and deletes", async () => {
  const hub = await HubServer.start(bytes);
  await using server = await serve({ library: { hub: hub.hub(), catalogue: catalogue() } });
  const watched = await open(server.url);
  const { page } = watched;
  await openPanel(page, "Models");
  const better = card(page, "Better");
  await card(page, "Starter").getByText("In use").waitFor();
  await better.getByText("Answers well.").waitFor();
  expect(await findings(page)).toEqual([]);

  hub.chunkMs = 25;
  await better.getByRole("button", { name: "Download" }).click();
  await better.getByText(/MB of \d MB · .+\/s/).waitFor();
  await better.getByRole("button", { name: "Stop the download" }).click();
  await better.getByText("downloaded; you can resume.").waitFor();
  hub.chunkMs = 0;
  await better.getByRole("button", { name: "Resume" }).click();
  await better.getByRole("button", { name: "Use" }).click();
  await better.getByText("In use").waitFor();

  await card(page, "Starter").getByRole("button", { name: "Delete the file" }).click();
  await page.getByText("Delete it from the disk?").waitFor();
  await card(page, "Starter").getByRole("button", { name: "Delete the file" }).click();
  await card(page, "Starter").getByRole("button", { name: "Download" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".model-chip", { hasText: "Better" }).waitFor();
  await say(page, "hello");
  await answers(page).getByText("You said: hello").waitFor();
  await settled(page);
  expectClean(watched);
  await watched.close();
  await hub.close();
});

test("explains a download that fails, in the reader's language", async () => {
  const hub = await HubServer.start(bytes);
  await using server = await serve({ library: { hub: hub.hub(), catalogue: catalogue() } });
  const { page, close } = await open(server.url, { locale: "es-ES" });
  await openPanel(page, "Modelos");
  hub.refusals = Array.from({ length: 20 }, () => ({ status: 404 }));
  const better = card(page, "Better");
  await better.getByRole("button", { name: "Descargar" }).click();
  await better.getByRole("alert").waitFor();
  expect(await better.getByRole("alert").textContent()).toMatch(/[áéíóúñ]|modelo|archivo/);
  expect(await findings(page)).toEqual([]);
  await close();
  await hub.close();
});

test("stops a resume that checks first what is there", async () => {
  const hub = await HubServer.start(bytes);
  hub.chunkMs = 25;
  await using server = await serve({ library: { hub: hub.hub(), catalogue: catalogue() } });
  const { page, close } = await open(server.url);
  await page.route("**/api/models/events", (route) => route.abort());
  await page.route("**/api/models", async (route) => {
    const response = await route.fetch();
    const reply = await response.json();
    for (const model of reply.models) if (model.id === "better") model.state = "verifying";
    await route.fulfill({ json: reply });
  });
  await openPanel(page, "Models");
  const stopped = page.waitForRequest(
    (request) => request.method() === "DELETE" && request.url().endsWith("/better/pull"),
  );
  await card(page, "Better").getByText("Checking the file").waitFor();
  await card(page, "Better").getByRole("button", { name: "Stop the download" }).click();
  await stopped;
  await close();
  await hub.close();
});

test("says in the reader's language why the model does not start", async () => {
  const hub = await HubServer.start(bytes);
  hub.refusals = Array.from({ length: 20 }, () => ({ status: 404 }));
  await using server = await serve({ library: { hub: hub.hub(), catalogue: catalogue() } });
  const { page, close } = await open(server.url, { locale: "es-ES" });
  const banner = page.getByRole("alert");
  await banner.getByText("No se pudo iniciar el modelo.").waitFor();
  const { error } = (await (await fetch(`${server.url}/readyz`)).json()) as Readiness;
  expect(error?.message).toMatch(/^[A-Z]/);
  expect(await banner.textContent()).not.toContain(error?.message);
  expect(await banner.locator(".hint").textContent()).toMatch(/ (no|modelo) /);
  await close();
  await hub.close();
});

test("a server without a library offers no models and asks for none", async () => {
  await using server = await serve();
  const { page, close } = await open("about:blank");
  const missing: string[] = [];
  page.on("response", (response) => response.status() === 404 && missing.push(response.url()));
  await page.goto(server.url);
  await page.locator(".model-chip", { hasText: "Scripted engine" }).waitFor();
  await page.locator(".foot-button").click();
  await page.getByRole("menuitem", { name: "Engine" }).waitFor();
  expect(await page.getByRole("menuitem", { name: "Models" }).count()).toBe(0);
  await page.keyboard.press("Escape");
  expect(await page.getByRole("button", { name: /^Model/ }).count()).toBe(0);
  await say(page, "hello");
  await answers(page).getByText("You said: hello").waitFor();
  await settled(page);
  expect(missing).toEqual([]);
  await close();
});

test("one click fetches the model that this machine runs well, and uses it once it is there", async () => {
  const hub = await HubServer.start(bytes);
  await using server = await serve({ library: { hub: hub.hub(), catalogue: catalogue() } });
  const watched = await open(server.url);
  const { page } = watched;
  const start = page.getByRole("button", { name: /^Get Better <b>model<\/b> \(\d+ MB\)$/ });
  await start.waitFor();
  hub.chunkMs = 25;
  await start.click();
  await page.getByText(/MB of \d MB · .+\/s/).waitFor();
  expect(await findings(page)).toEqual([]);
  await page.getByRole("button", { name: "Cancel" }).click();
  await start.waitFor();
  hub.chunkMs = 0;
  await start.click();
  await page.getByRole("status").getByText("Now using Better <b>model</b>.").waitFor();
  await page.getByRole("button", { name: "Model: Better <b>model</b>" }).waitFor();
  await say(page, "hello");
  await answers(page).getByText("You said: hello").waitFor();
  await settled(page);
  expect(await page.getByText(/^Starter model/).count()).toBe(0);
  expectClean(watched);
  await watched.close();
  await hub.close();
});

test("the line under the starter's answers leads there too, until it is closed", async () => {
  const hub = await HubServer.start(bytes);
  await using server = await serve({ library: { hub: hub.hub(), catalogue: catalogue() } });
  const watched = await open(server.url, { locale: "es-ES" });
  const { page } = watched;
  await page.getByText("es un modelo inicial").waitFor();
  await say(page, "uno");
  const line = page.getByText(/^Modelo inicial: /);
  await line.waitFor();
  await settled(page);
  await say(page, "dos");
  await answers(page).nth(1).getByText("You said: dos").waitFor();
  await expect.poll(() => line.count()).toBe(1);
  await answers(page)
    .nth(1)
    .getByText(/^Modelo inicial: /)
    .waitFor();
  expect(await findings(page)).toEqual([]);
  await answers(page).getByRole("button", { name: "Cerrar" }).click();
  await line.waitFor({ state: "detached" });
  await page.reload();
  await answers(page).nth(1).getByText("You said: dos").waitFor();
  await page.locator(".model-chip", { hasText: "Starter" }).waitFor();
  expect(await line.count()).toBe(0);
  expectClean(watched);
  await watched.close();
  await hub.close();
});

test("takes a model by its name at the hub, by its path, and by its file", async () => {
  const hub = await HubServer.start(bytes);
  hub.names = ["README.md", "Named-Q4_K_M.gguf"];
  await using server = await serve({ library: { hub: hub.hub(), catalogue: catalogue() } });
  const watched = await open(server.url);
  const { page } = watched;
  await openPanel(page, "Models");
  const address = page.getByLabel(/Name or link at the hub/);
  const add = page.getByRole("button", { name: "Add", exact: true });
  await address.fill("no address");
  await add.click();
  await page.getByText("names no GGUF file").waitFor();
  await address.fill("someone/named-GGUF");
  await add.click();
  await card(page, "Named-Q4_K_M").getByRole("button", { name: "Use" }).waitFor();
  await card(page, "Named-Q4_K_M").getByText("Your own file").waitFor();
  expect(await findings(page)).toEqual([]);
  writeGpt2(join(folder, "base.gguf"), 1, { template: "" });
  await address.fill(join(folder, "base.gguf"));
  await add.click();
  await card(page, "base").getByText("It may be a base model").waitFor();

  // As a file that is dropped; anything else is said to have no place.
  const drop = (name: string, content: Buffer) =>
    page.evaluate(`{
      const bytes = Uint8Array.from(atob("${content.toString("base64")}"), (c) => c.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], "${name}"));
      const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
      document.querySelector(".scroller").dispatchEvent(event);
    }`);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Temporary chat" }).click();
  await drop("notes.txt", Buffer.from("x"));
  await page.getByText("In a temporary chat there are no").waitFor();
  await page.locator(".toast").getByRole("button", { name: "Close" }).click();
  await composer(page).focus();
  await page.evaluate(`{
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File(["x"], "photo.png", { type: "image/png" }));
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(event);
  }`);
  await page.getByText("In a temporary chat there are no").waitFor();
  await page.getByRole("button", { name: "New chat", exact: true }).click();
  await drop("broken.gguf", Buffer.from("no model"));
  const sending = page.getByRole("region", { name: "Adding broken.gguf" });
  await sending.getByText("not a GGUF file").waitFor();
  await sending.getByRole("button", { name: "Cancel" }).click();
  await sending.waitFor({ state: "detached" });
  await drop("dropped.gguf", await readFile(join(folder, "tiny.gguf")));
  await card(page, "dropped").waitFor();
  await page.getByText("is here.").waitFor();
  expectClean(watched);
  await watched.close();
  await hub.close();
});
