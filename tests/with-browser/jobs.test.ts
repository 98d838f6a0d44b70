/** The room of jobs: what is under way, its log, cancelled, taken up again and removed. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { JobsReply } from "../../src/features/jobs/api.ts";
import { writeGpt2 } from "../fixtures/gpt2.ts";
import { HubServer, modelOf } from "../unit/library/hub-server.ts";
import { expectClean, findings, open, openPanel, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

/** A server with a model that may be downloaded, as fast as its hub says. */
async function served() {
  const folder = await mkdtemp(join(tmpdir(), "charla-jobs-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  writeGpt2(join(folder, "tiny"));
  const bytes = Buffer.concat([await readFile(join(folder, "tiny")), Buffer.alloc(8 * 2 ** 20)]);
  const hub = await HubServer.start(bytes);
  onTestFinished(() => hub.close());
  const better = { repository: "someone/better", revision: "main", file: "better.gguf" };
  const catalogue = [
    modelOf(bytes, { id: "smollm2-135m", name: "Starter" }),
    modelOf(bytes, { id: "better", name: "Better", hub: better }),
  ];
  return { hub, server: await serve({ library: { hub: hub.hub(), catalogue } }) };
}

test("a download is cancelled, taken up again, and done", async () => {
  const { hub, server: started } = await served();
  await using server = started;
  const watched = await open(server.url);
  const { page } = watched;
  await openPanel(page, "Jobs");
  const room = page.getByRole("dialog", { name: "Jobs" });
  await room.getByText("Nothing is under way.", { exact: false }).waitFor();
  expect(await findings(page)).toEqual([]);

  hub.chunkMs = 40;
  await fetch(`${server.url}/api/models/better/pull`, { method: "POST" });
  await room.getByText("Download of a model: better").waitFor();
  await room.getByText(/Running · .+ of \d+ MB/).waitFor();
  expect(await findings(page)).toEqual([]);
  await room.getByRole("button", { name: "Cancel" }).click();
  await room.getByText(/Cancelled · /).waitFor();
  await room.getByText("Log", { exact: true }).click();
  await room.getByText("Started.").waitFor();
  hub.chunkMs = 0;
  await room.getByRole("button", { name: "Resume" }).click();
  await room.getByText(/Done · /).waitFor();
  await room.getByRole("button", { name: "Remove from the list" }).click();
  await room.getByText("Download of a model: better").waitFor({ state: "detached" });
  expectClean(watched);
  await watched.close();
});

test("beside the title stands what is under way, and no longer than it is", async () => {
  const { hub, server: started } = await served();
  await using server = started;
  const watched = await open(server.url);
  const { page } = watched;
  await page.clock.install();
  await page.reload();
  // From here on the page's time passes only where the test says so.
  await page.clock.pauseAt(Date.now() + 60_000);
  hub.chunkMs = 40;
  await fetch(`${server.url}/api/models/better/pull`, { method: "POST" });
  const badge = page.locator(".job-badge");
  await page.clock.runFor(15_000);
  await badge.getByText("Jobs under way: 1").waitFor();
  hub.chunkMs = 0;
  const active = async () => {
    const { items } = (await (await fetch(`${server.url}/api/jobs`)).json()) as JobsReply;
    return items.filter(({ endedAt }) => endedAt === null);
  };
  await expect.poll(active).toEqual([]);
  await page.clock.runFor(2000);
  await badge.waitFor({ state: "detached" });
  expectClean(watched);
  await watched.close();
});
