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
import { HubServer, modelOf } from "../unit/library/hub-server.ts";
import { answers, expectClean, findings, open, say, settled, withBrowser } from "./browser.ts";
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
  await page.getByRole("button", { name: "Models", exact: true }).click();
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
  const details = page.locator(".details");
  for (const text of ["pirate", "abababababababab…", "temperature 0.7, top-p 0.9"]) {
    await details.getByText(text, { exact: true }).waitFor();
  }
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Escape");

  await choose(page, "Adapter", "None");
  await say(page, "hello");
  await answers(page).getByText("Ahoy from nobody").waitFor();

  await page.getByRole("button", { name: "Models", exact: true }).click();
  const adapters = page.getByRole("region", { name: "Adapters" });
  await adapters.getByText("Tiny GPT-2").waitFor();
  expect(await adapters.textContent()).toContain("gpt2");
  expect(await findings(page)).toEqual([]);
  expectClean(watched);
  await watched.close();
});
