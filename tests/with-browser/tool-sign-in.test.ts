/** Signing in to a server of tools in the page: there and back, with what comes of it in the panel. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { startGuarded } from "../fixtures/guarded.ts";
import { composer, findings, open, openPanel, say, settled, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

async function start(options: BrowserContextOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), "charla-sign-in-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const guarded = await startGuarded();
  const policy = join(folder, "policy.toml");
  await writeFile(
    policy,
    `[[tools.servers]]\nname = "notes"\nurl = "${guarded.url}"\nsign_in = "${guarded.issuer}"\n`,
  );
  const app = await serve({ env: { CHARLA_POLICY: policy } });
  onTestFinished(() => app[Symbol.asyncDispose]());
  const watched = await open(app.url, options);
  onTestFinished(() => watched.close());
  const { page } = watched;
  const host = new URL(guarded.issuer).host;
  const shot = async (name: string) => {
    const { CHARLA_TEST_SHOTS: shots } = process.env;
    if (shots) await page.screenshot({ path: `${shots}/sign-in-${name}.png` });
  };
  return { guarded, app, watched, page, host, shot };
}

test("there and back with the keyboard, to the chat that was open and the server's tools", async () => {
  const { guarded, app, watched, page, host, shot } = await start();
  await say(page, "Hello");
  await settled(page);
  const chat = page.url();
  await composer(page).fill("A draft of mine");
  await openPanel(page, "Tool servers (MCP)");
  // Nobody has asked the server yet: looking at it says what it wants, and offers it there.
  await page.getByRole("button", { name: "Look at its tools" }).press("Enter");
  await page.getByText("The tool server notes asks you to sign in.").waitFor();
  await shot("asked");
  expect(await findings(page)).toEqual([]);
  await page.getByRole("button", { name: "Sign in", exact: true }).press("Enter");
  await page.waitForURL(`${guarded.issuer}/authorize?**`);
  await page.getByRole("link", { name: "Allow" }).press("Enter");

  await page.getByRole("checkbox", { name: /^note/ }).waitFor();
  expect(page.url()).toBe(chat);
  await shot("offers");
  await page.getByRole("button", { name: "Use the chosen tools" }).press("Enter");
  await page.getByText("Tools in use: 1").waitFor();
  await page.getByText(`Signed in at ${host}`).waitFor();
  await shot("signed-in");
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  expect(await composer(page).inputValue()).toBe("A draft of mine");
  // The code stays in no address that one could go back to.
  await page.goBack();
  expect(page.url()).not.toContain("code=");
  const { outside, faults } = watched;
  expect(faults).toEqual([]);
  const elsewhere = outside.filter((one) => !one.startsWith(guarded.issuer));
  expect(elsewhere).toEqual([]);
  expect(app.url).not.toBe(guarded.issuer);
});

test("in Spanish on a phone, a refusal is said, and a sign-in that has ended is made again", async () => {
  const { guarded, page, host, shot } = await start({
    ...{ locale: "es-ES", colorScheme: "dark", viewport: { width: 390, height: 844 } },
    ...{ hasTouch: true, isMobile: true },
  });
  const panel = async () => {
    await page.getByRole("button", { name: "Mostrar la lista" }).click();
    await openPanel(page, "Servidores de herramientas (MCP)");
  };
  await panel();
  await page.getByRole("button", { name: "Ver sus herramientas" }).click();
  const go = page.getByRole("button", { name: "Iniciar sesión", exact: true });
  await go.click();
  await page.getByRole("link", { name: "Deny" }).click();
  await page.getByText(`${host} no te ha dejado entrar (access_denied).`).waitFor();
  await page.getByText(`Te pide iniciar sesión en ${host}`).waitFor();
  await shot("refused-phone-es-dark");
  expect(await findings(page)).toEqual([]);

  await go.click();
  await page.getByRole("link", { name: "Allow" }).click();
  await page.getByRole("checkbox", { name: /^note/ }).waitFor();
  guarded.revokeAll();
  await page.reload();
  await panel();
  await page.getByRole("button", { name: "Ver sus herramientas" }).click();
  await page.getByText("Tu sesión en el servidor de herramientas notes ha terminado.").waitFor();
  await page.keyboard.press("Escape");
  await panel();
  await page.getByText(`Tu sesión en ${host} ha terminado`).waitFor();
  await shot("ended-phone-es-dark");
  await page.getByRole("button", { name: "Volver a iniciar sesión" }).click();
  await page.getByRole("link", { name: "Allow" }).click();
  await page.getByRole("checkbox", { name: /^note/ }).waitFor();
  expect(await findings(page)).toEqual([]);
});
