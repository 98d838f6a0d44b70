/** Assistants and saved prompts: made, used, changed, lent, taken along; found by a slash and filled in. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type Browser, type Place, serve as serveAll } from "../fixtures/shared-mode.ts";
import {
  answers,
  composer,
  expectClean,
  findings,
  open,
  openPanel,
  say,
  settled,
  type Watched,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const reply = (messages: readonly { role: string; content: string }[]) =>
  `Told: ${messages.find(({ role }) => role === "system")?.content ?? "nothing"}`;

test("an assistant is made, used, changed, and a chat says with which version it was written", async () => {
  // It knows tools, and calls none.
  await using server = await serve({ script: { reply, calls: () => [] } });
  const watched = await open(server.url);
  const { page } = watched;
  await openPanel(page, "Assistants");
  const panel = page.getByRole("dialog", { name: "Assistants" });
  await panel.getByText("You have none yet").waitFor();
  await panel.getByRole("button", { name: "New assistant" }).click();
  const editor = page.getByRole("dialog", { name: "New assistant" });
  await editor.getByLabel("Icon").fill("🏴‍☠️");
  await editor.getByLabel("Name", { exact: true }).fill("Pirate");
  await editor.getByLabel("Instructions", { exact: true }).fill("Answer as a pirate.");
  await editor.getByLabel("Opening questions").fill("Where is the treasure?\nWho are you?");
  await editor.getByText("Tools", { exact: true }).click();
  await editor.getByRole("checkbox", { name: /^Calculat/ }).check();
  expect(await findings(page)).toEqual([]);
  await editor.getByRole("button", { name: "Save", exact: true }).click();
  await panel.getByText("Pirate", { exact: true }).waitFor();
  expect(await findings(page)).toEqual([]);
  await panel.getByRole("button", { name: /^New chat/ }).click();

  // Its opening questions stand where the samples were.
  await page.getByRole("button", { name: "Where is the treasure?" }).click();
  expect(await composer(page).inputValue()).toBe("Where is the treasure?");
  await page.getByText("Version 1", { exact: true }).waitFor();
  await page.getByRole("button", { name: /^Tools of this chat/ }).waitFor();
  expect(await findings(page)).toEqual([]);
  await say(page, "Where is the treasure?");
  await answers(page).getByText("Told: Answer as a pirate.").waitFor();
  await settled(page);

  await openPanel(page, "Assistants");
  await panel.getByRole("button", { name: "Options for Pirate" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit assistant" });
  await edit.getByLabel("Instructions", { exact: true }).fill("Answer as a captain.");
  await edit.getByRole("button", { name: "Save", exact: true }).click();
  await panel.getByText("version 2").waitFor();
  // It goes along as a file, and comes back without its tools.
  const saving = page.waitForEvent("download");
  await panel.getByRole("button", { name: "Options for Pirate" }).click();
  await page.getByRole("menuitem", { name: "Export" }).click();
  const path = await (await saving).path();
  const file = JSON.parse(await readFile(path, "utf8"));
  expect(file).toMatchObject({ format: "charla.assistant", name: "Pirate", icon: "🏴‍☠️" });
  const choosing = page.waitForEvent("filechooser");
  await panel.getByRole("button", { name: "Import" }).click();
  await (await choosing).setFiles(path);
  await edit.getByText("would also like these tools: calculate").waitFor();
  await edit.getByRole("button", { name: "Cancel" }).click();
  await panel.getByText("Pirate", { exact: true }).nth(1).waitFor();
  await page.keyboard.press("Escape");

  // The chat stays with what it was begun with, until its person takes the newer one.
  await page.getByRole("button", { name: "Use version 2" }).click();
  await page.getByText("Version 2", { exact: true }).waitFor();
  await say(page, "And now?");
  await answers(page).getByText("Told: Answer as a captain.").waitFor();
  await settled(page);
  const rows = () => page.evaluate(`fetch("/api/conversations").then((r) => r.json())`);
  const [chat] = ((await rows()) as { items: { id: string }[] }).items;
  const one = (await page.evaluate(
    `fetch("/api/conversations/${chat?.id}").then((r) => r.json())`,
  )) as { messages: { details: { assistant?: object } | null }[] };
  expect(one.messages.flatMap(({ details }) => details?.assistant ?? [])).toEqual([
    { name: "Pirate", version: 1 },
    { name: "Pirate", version: 2 },
  ]);
  expectClean(watched);
  await watched.close();
});

test("a saved prompt is found by a slash, by keyboard alone, and asks for what it leaves open", async () => {
  await using server = await serve({ script: { reply } });
  const watched = await open(server.url);
  const { page } = watched;
  await composer(page).fill("/");
  await page.getByText("No saved prompts yet.").waitFor();
  await page.getByRole("button", { name: "Save one" }).click();
  const panel = page.getByRole("dialog", { name: "Saved prompts" });
  const keep = async (name: string, text: string) => {
    await panel.getByLabel("Name", { exact: true }).fill(name);
    await panel.getByLabel("Text", { exact: true }).fill(text);
    await panel.getByRole("button", { name: "Save the prompt" }).click();
    await panel.getByText(`/${name}`, { exact: true }).waitFor();
  };
  await keep("letter", "Write a letter to {{whom}} about {{what}}.");
  await keep("agenda", "Plan my day.");
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Escape");

  await composer(page).fill("/");
  const list = page.getByRole("listbox", { name: "Saved prompts" });
  await list.getByRole("option", { name: /letter/ }).waitFor();
  expect(await findings(page)).toEqual([]);
  await composer(page).press("Enter");
  // The first one has nothing to ask for.
  await expect.poll(() => composer(page).inputValue()).toBe("Plan my day.");
  await composer(page).fill("/let");
  await expect.poll(() => list.getByRole("option").count()).toBe(1);
  await composer(page).press("Enter");
  const form = page.getByRole("dialog", { name: "letter" });
  await form.getByLabel("whom").fill("Marta");
  await form.getByLabel("what").fill("the boat");
  expect(await findings(page)).toEqual([]);
  await form.getByRole("button", { name: "Put it into the message" }).click();
  await expect
    .poll(() => composer(page).inputValue())
    .toBe("Write a letter to Marta about the boat.");
  // What begins with a slash and is no prompt is a message like any other.
  await say(page, "/nothing of the kind");
  await answers(page).getByText("Told: nothing").waitFor();
  expectClean(watched);
  await watched.close();
});

/** The page of somebody who is signed in. */
async function openAs(place: Place, person: Browser, options = {}): Promise<Watched> {
  const watched = await open(place.origin, options);
  // Secure ones, which browsers take for this machine without TLS, but a debugger does not.
  const url = place.origin.replace("http:", "https:");
  const cookies = [...person.cookies].map(([name, value]) => ({ name, value, url, secure: true }));
  await watched.page.context().addCookies(cookies);
  await watched.page.goto(place.origin);
  return watched;
}

test("one is lent with its files, and whoever borrows it is asked before it uses tools", async () => {
  const place = await serveAll();
  const ana = await place.administrator();
  const bea = await place.join(ana, "bea@example.org");
  const { id } = await ana.must("POST", "/api/collections", { name: "Contracts" });
  const settings = { systemPrompt: "Read.", collections: [id], tools: ["search_files"] };
  await ana.must("POST", "/api/assistants", { name: "Lawyer", settings });
  const hers = await openAs(place, ana);
  await openPanel(hers.page, "Assistants");
  const panel = hers.page.getByRole("dialog", { name: "Assistants" });
  await panel.getByRole("button", { name: "Options for Lawyer" }).click();
  await hers.page.getByRole("menuitem", { name: "Lend" }).click();
  await panel.getByText("Its files are lent with it: “Contracts”.").waitFor();
  expect(await findings(hers.page)).toEqual([]);
  // To one person, by an address that who administers is helped with; then to everybody.
  const address = panel.getByRole("combobox", { name: "To a person, by e-mail address" });
  await address.fill("nobody@example.org");
  await panel.getByRole("button", { name: "Lend to this person" }).click();
  await panel.getByText("Nobody else has an account here").waitFor();
  await address.fill("bea@example.org");
  await address.press("Enter");
  await panel.getByText("lent to bea").waitFor();
  expect(await findings(hers.page)).toEqual([]);
  await panel.getByRole("button", { name: /^Take back/ }).click();
  await panel.getByText("lent to bea").waitFor({ state: "detached" });
  await panel.getByRole("checkbox", { name: "To everybody who has an account here" }).click();
  await panel.getByText("lent to everybody here").waitFor();

  const phone = { viewport: { width: 390, height: 844 }, colorScheme: "dark", locale: "es-ES" };
  const other = await openAs(place, bea, phone);
  const { page } = other;
  await page.getByRole("button", { name: "Mostrar la lista" }).click();
  await openPanel(page, "Asistentes");
  const lent = page.getByRole("region", { name: "Prestados a ti" });
  await lent.getByText("prestado por Ana").waitFor();
  await lent.getByRole("button", { name: /^Nuevo chat/ }).click();
  await lent.getByText("quiere usar herramientas en tu chat: Buscar en mis archivos.").waitFor();
  expect(await findings(page)).toEqual([]);
  await lent.getByRole("button", { name: "Empezar sin ellas" }).click();
  await page.getByText("Versión 1", { exact: true }).waitFor();
  await page.getByText("Contracts", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Opciones de este chat" }).click();
  await page.getByRole("menuitem", { name: "Herramientas de este chat", exact: true }).waitFor();
  expectClean(other);
  await other.close();
  await hers.close();
});
