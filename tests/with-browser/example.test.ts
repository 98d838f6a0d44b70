/** The whole example of `examples/`, copied in with a line on each side, and used in the built page. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { ended, printed, start, temporary } from "../fixtures/charla.ts";
import { copyOf, plugIn } from "../fixtures/plugged.ts";
import { expectClean, findings, open, openPanel, withBrowser } from "./browser.ts";

withBrowser();

test("a prompt is saved, used and deleted, and an error is told in Spanish", async () => {
  const copy = copyOf("src", "web", "tsconfig.json", "package.json");
  plugIn(copy, "prompts");
  const vite = [
    join("node_modules", "vite/bin/vite.js"),
    "build",
    "--config",
    "web/vite.config.ts",
  ];
  const built = await ended(start(process.execPath, vite, { cwd: copy }));
  expect(built.code, built.stdout + built.stderr).toBe(0);
  const options = { env: { CHARLA_HOME: temporary() }, input: "" };
  const server = start(
    process.execPath,
    [join(copy, "src/cli.ts"), "serve", "--port", "0"],
    options,
  );
  const [url = ""] = /http:\S+/.exec(await printed(server, /http:\S+\n/)) ?? [];

  const watched = await open(url, { locale: "es-ES" });
  const { page } = watched;
  await openPanel(page, "Prompts");
  const room = page.getByRole("dialog", { name: "Prompts" });
  await room.getByLabel("Prompt nuevo").fill("Resume esto en tres líneas:");
  await room.getByRole("button", { name: "Guardar" }).click();
  await room.getByText("Resume esto en tres líneas:").waitFor();
  expect(await findings(page)).toEqual([]);
  await room.getByRole("button", { name: "Usar" }).click();
  await expect
    .poll(() => page.locator("textarea").inputValue())
    .toBe("Resume esto en tres líneas:");

  const keep = (text: string) =>
    fetch(`${url}/api/prompts`, { method: "POST", body: JSON.stringify({ text }) });
  for (let i = 1; i < 100; i++) expect((await keep(`prompt ${i}`)).status).toBe(200);
  await openPanel(page, "Prompts");
  await room.getByLabel("Prompt nuevo").fill("Uno más");
  await room.getByRole("button", { name: "Guardar" }).click();
  await room.getByText("Ya guardas 100 prompts, y no caben más.", { exact: false }).waitFor();
  await room.getByRole("button", { name: "Eliminar" }).first().click();
  await room.getByText("prompt 99").waitFor({ state: "detached" });
  expectClean(watched);
  await watched.close();
});
