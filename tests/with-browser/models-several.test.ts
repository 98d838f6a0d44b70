/** Another model for one chat, shown while it is loaded, and an adapter that a chat chooses. */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../src/core/engine.ts";
import type { LibraryOptions } from "../../src/engines/library/index.ts";
import { scripted } from "../../src/engines/scripted.ts";
import { writeGpt2 } from "../fixtures/gpt2.ts";
import { writeLora } from "../fixtures/lora.ts";
import { TEMPLATES } from "../fixtures/templates.ts";
import { HubServer, modelOf } from "../unit/library/hub-server.ts";
import {
  answers,
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

let home: string;
let hub: HubServer;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-several-"));
  await mkdir(join(home, "models", "adapters"), { recursive: true });
  const mine = join(home, "models", "mine.gguf");
  writeGpt2(mine);
  await writeLora(join(home, "models", "adapters", "pirate.gguf"), mine, { name: "Pirate" });
  hub = await HubServer.start(await readFile(mine));
});
afterEach(async () => {
  await hub.close();
  await rm(home, { recursive: true, force: true });
});

function serveWith(load: LibraryOptions["load"]) {
  const catalogue = [modelOf(hub.bytes, { id: "smollm2-135m", name: "Starter" })];
  return serve({ home, library: { hub: hub.hub(), catalogue, load } });
}

/** Says which adapter it was asked with, and that it used it. */
function adaptable(id: string): Engine {
  const engine = scripted({ id });
  return {
    ...engine,
    grants: ["adapter"],
    async *generate({ extras }) {
      const adapter = extras?.adapter;
      yield `Ahoy from ${adapter ?? "nobody"}`;
      const made = {
        ...(adapter === undefined ? {} : { adapter: { id: adapter, digest: "ab".repeat(32) } }),
        template: "cd".repeat(32),
        sampler: "temperature 0.7, top-p 0.9",
      };
      const counts = { promptTokens: 1, cachedTokens: 0, completionTokens: 3 };
      yield { reason: "stop", ...counts, made };
    },
  };
}

/** Changes the settings of the open chat. */
async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole("button", { name: "Settings of this chat" }).click();
  await page.getByRole("combobox", { name: label, exact: true }).selectOption(option);
  expect(await findings(page)).toEqual([]);
  await page.getByRole("button", { name: "Save", exact: true }).click();
}

test("a question that waits for another model shows how far that is", async () => {
  const loaded = Promise.withResolvers<void>();
  await using server = await serveWith(async ({ id, onProgress }) => {
    if (id === "mine") {
      onProgress(0.4);
      await loaded.promise;
    }
    return scripted({ id });
  });
  const watched = await open(server.url);
  const { page } = watched;
  await page.locator(".model-chip", { hasText: "Starter" }).waitFor();
  await choose(page, "Model", "mine");
  await say(page, "hello");
  await page.getByRole("status").getByText("Loading Tiny GPT-2 into memory: 40 %").waitFor();
  expect(await findings(page)).toEqual([]);
  loaded.resolve();
  await answers(page).getByText("You said: hello").waitFor();
  await page.getByText("Loading Tiny GPT-2").waitFor({ state: "detached" });
  await openPanel(page, "Models");
  await page.locator(".model", { hasText: "Starter" }).getByText("In use").waitFor();
  await page.locator(".model", { hasText: "Your own file" }).getByText("In memory").waitFor();
  expectClean(watched);
  await watched.close();
});

test("a chat chooses an adapter of its model, and each answer says which made it", async () => {
  await using server = await serveWith(async ({ id }) => adaptable(id));
  const watched = await open(server.url);
  const { page } = watched;
  await page.locator(".model-chip", { hasText: "Starter" }).waitFor();
  await choose(page, "Model", "mine");
  await choose(page, "Adapter", "Pirate");
  await say(page, "hello");
  await answers(page).getByText("Ahoy from pirate").waitFor();
  await settled(page);
  await page.getByRole("button", { name: "Details of the answer" }).click();
  const details = page.getByRole("dialog", { name: "Details of the answer" });
  await details.getByText("More", { exact: true }).click();
  for (const text of ["pirate", "abababababababab…", "temperature 0.7, top-p 0.9"]) {
    await details.getByText(text, { exact: true }).waitFor();
  }
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Escape");

  await choose(page, "Adapter", "None");
  await say(page, "hello");
  await answers(page).getByText("Ahoy from nobody").waitFor();

  await openPanel(page, "Models");
  const adapters = page.getByRole("region", { name: "Adapters" });
  await adapters.getByText("Tiny GPT-2").waitFor();
  expect(await adapters.textContent()).toContain("gpt2");
  expect(await findings(page)).toEqual([]);
  expectClean(watched);
  await watched.close();
});

const menu = (page: Page) => page.getByRole("menu", { name: /^Model: / });
const model = (page: Page, name: string) => page.getByRole("menuitemradio", { name, exact: true });

test("the bar's menu switches between the models that are here, by keyboard as well", async () => {
  await using server = await serveWith(async ({ id }) => adaptable(id));
  const watched = await open(server.url);
  const { page } = watched;
  const chip = page.getByRole("button", { name: "Model: Starter", exact: true });
  await chip.focus();
  await page.keyboard.press("Enter");
  await menu(page).waitFor();
  await page.getByRole("menuitemradio", { name: "Starter", checked: true }).waitFor();
  expect(await menu(page).locator("button").allTextContents()).toEqual([
    "Starter",
    "Tiny GPT-2",
    "None",
    "Pirate",
    "All models…",
  ]);
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await menu(page).waitFor({ state: "hidden" });
  await page.locator(".model-chip:focus").waitFor();
  await page.keyboard.press("Enter");
  await page.locator("[aria-checked=true]:focus").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Model: Tiny GPT-2" }).click();
  // Whoever is alone here has switched it for all chats.
  await model(page, "Tiny GPT-2").and(page.locator("[aria-checked=true]")).waitFor();
  await model(page, "Pirate").click();
  await say(page, "hello");
  await answers(page).getByText("Ahoy from pirate").waitFor();
  await settled(page);

  await page.getByRole("button", { name: "Model: Tiny GPT-2" }).click();
  await page.getByRole("menuitem", { name: "All models…" }).click();
  await page.getByRole("dialog", { name: "Models" }).waitFor();
  await page.locator(".model", { hasText: "Tiny GPT-2" }).getByText("In use").waitFor();
  expectClean(watched);
  await watched.close();
});

test("another answer by another model is a version of its own, and the chat keeps its model", async () => {
  const reply = (id: string) => () => `said by ${id}`;
  await using server = await serveWith(async ({ id }) => scripted({ id, reply: reply(id) }));
  const watched = await open(server.url);
  const { page } = watched;
  await page.getByRole("button", { name: "Model: Starter" }).waitFor();
  await say(page, "hello");
  await answers(page).getByText("said by smollm2-135m").waitFor();
  await settled(page);
  await page.getByRole("button", { name: "Answer with another model" }).click();
  await page.getByRole("menuitem", { name: "Again with Tiny GPT-2" }).click();
  await answers(page).getByText("said by mine").waitFor();
  await settled(page);
  await page.getByText("Version 2 of 2").waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Model: Starter" }).waitFor();
  await page.getByRole("button", { name: "Previous version" }).click();
  await answers(page).getByText("said by smollm2-135m").waitFor();
  await say(page, "and now?");
  await answers(page).nth(1).getByText("said by smollm2-135m").waitFor();
  expectClean(watched);
  await watched.close();
});

/** Tells how much it was wished to think. */
function thoughtful(id: string): Engine {
  const engine = scripted({ id });
  return {
    ...engine,
    async *generate({ extras }) {
      yield `Wished: ${JSON.stringify(extras?.thinking ?? "nothing")}.`;
      yield { reason: "stop", promptTokens: 1, cachedTokens: 0, completionTokens: 3 };
    },
  };
}

test("a chat says how much its model thinks, where the model can", async () => {
  writeGpt2(join(home, "models", "thinker.gguf"), 2, { template: TEMPLATES.qwen3 });
  await using server = await serveWith(async ({ id }) => thoughtful(id));
  const watched = await open(server.url);
  const { page } = watched;
  await page.locator(".model-chip", { hasText: "Starter" }).waitFor();
  const field = page.getByRole("combobox", { name: "Thinking", exact: true });
  await page.getByRole("button", { name: "Settings of this chat" }).click();
  const model = page.getByRole("combobox", { name: "Model", exact: true });
  await model.waitFor();
  expect(await field.count()).toBe(0);
  await model.selectOption("thinker");
  await field.selectOption("None");
  expect(await findings(page)).toEqual([]);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await say(page, "hello");
  await answers(page).getByText('Wished: {"tokens":0}.').waitFor();
  await choose(page, "Thinking", "A little");
  await say(page, "hello");
  await answers(page).getByText('Wished: {"effort":"low"}.').waitFor();
  await choose(page, "Thinking", "As the model likes");
  await say(page, "hello");
  await answers(page).getByText('Wished: "nothing".').waitFor();
  expectClean(watched);
  await watched.close();
});
