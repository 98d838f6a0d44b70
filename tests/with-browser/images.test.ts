/** Images in the page: pasted, looked at, read, asked about, shown again; and the camera. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { find } from "../../src/core/children.ts";
import type { Message } from "../../src/core/types.ts";
import {
  answers,
  composer,
  expectClean,
  findings,
  open,
  questions,
  say,
  withBrowser,
} from "./browser.ts";
import { serve } from "./server.ts";

withBrowser("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream");

const WORDS = "Factura 2026: págala antes del viernes";

/** Draws a screenshot in the page and pastes it, as from the clipboard, until somebody takes it. */
async function paste(page: Page, type = "image/png"): Promise<void> {
  const next = page.getByRole("region", { name: /^(Images|Imágenes)/ });
  const pasted = async () => {
    if ((await next.count()) === 0)
      await page.evaluate(`(async () => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 2000, height: 500 });
        const context = canvas.getContext("2d");
        context.fillStyle = "#fff";
        context.fillRect(0, 0, 2000, 500);
        context.fillStyle = "#111";
        context.font = "64px sans-serif";
        context.fillText(${JSON.stringify(WORDS)}, 80, 150);
        context.fillText("Thank you very much", 80, 300);
        const blob = await new Promise((done) => canvas.toBlob(done, ${JSON.stringify(type)}));
        const clipboardData = new DataTransfer();
        clipboardData.items.add(new File([blob], "image.png", { type: ${JSON.stringify(type)} }));
        const about = { clipboardData, bubbles: true, cancelable: true };
        document.querySelector("textarea").dispatchEvent(new ClipboardEvent("paste", about));
      })()`);
    return next.getByRole("button", { name: /^(Open|Abrir)/ }).count();
  };
  await expect.poll(pasted, { timeout: 60_000 }).toBe(1);
}

test("a pasted screenshot goes to a model that sees, small and drawn anew, and opens large", async () => {
  let seen: Message["images"];
  const reply = (messages: readonly Message[]) => {
    // The second time, a title is asked for.
    seen ??= messages.at(-1)?.images;
    return "A bill.";
  };
  await using server = await serve({ script: { reply, sees: true } });
  const watched = await open(server.url);
  const { page } = watched;
  await composer(page).waitFor();
  await paste(page);
  const next = page.getByRole("region", { name: "Images for your next question" });
  expect(await findings(page)).toEqual([]);
  await next.getByRole("button", { name: "Open Pasted image" }).click();
  const look = page.getByRole("dialog", { name: "Pasted image" });
  await look.getByText(/1568 × 392 pixels/).waitFor();
  await look.getByLabel("Description").fill("A bill in Spanish");
  expect(await findings(page)).toEqual([]);
  await look.getByRole("button", { name: "Done" }).click();
  await say(page, "What is this?");
  await answers(page).getByText("A bill.").waitFor();
  await next.waitFor({ state: "detached" });
  expect(seen).toMatchObject([{ media: "image/png", width: 1568, height: 392 }]);
  const shown = questions(page).getByRole("img", { name: "A bill in Spanish" });
  const width = () =>
    shown.evaluate((image: unknown) => (image as { naturalWidth: number }).naturalWidth);
  await expect.poll(width).toBe(1568);
  await questions(page).getByRole("button", { name: "Open A bill in Spanish" }).click();
  const kept = page.getByRole("dialog", { name: "Pasted image" });
  await kept.getByRole("link", { name: "Download" }).waitFor();
  expect(await findings(page)).toEqual([]);
  await kept.getByRole("button", { name: "Close" }).click();
  // After a reload it comes from the server.
  await page.reload();
  await expect.poll(width).toBe(1568);
  expectClean(watched);
  await watched.close();
});

/** Drops an image of one colour on the page, as from a folder. @returns whether the page has taken the event */
const drop = (page: Page, name: string) =>
  page.evaluate(`(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 200 });
    canvas.getContext("2d").fillRect(0, 0, 300, 200);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([blob], ${JSON.stringify(name)}, { type: "image/png" }));
    const about = { dataTransfer, bubbles: true, cancelable: true };
    const to = document.querySelector("main");
    to.dispatchEvent(new DragEvent("dragover", about));
    return !to.dispatchEvent(new DragEvent("drop", about));
  })()`);

test("images are dropped and chosen; a temporary chat says that it has none, and stays", async () => {
  let seen: Message["images"];
  const reply = (messages: readonly Message[]) => {
    seen ??= messages.at(-1)?.images;
    return "Two images.";
  };
  await using server = await serve({ script: { reply, sees: true } });
  const watched = await open(server.url);
  const { page } = watched;
  await composer(page).waitFor();
  const next = page.getByRole("region", { name: "Images for your next question" });
  // The rooms that take it are loaded after the page; before, that of files might be alone.
  await page.waitForLoadState("networkidle");
  expect(await drop(page, "dropped.png")).toBe(true);
  await next.getByRole("button", { name: "Open dropped.png" }).waitFor();
  const bytes = await page.evaluate(`(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
    canvas.getContext("2d").fillRect(0, 0, 40, 30);
    return canvas.toDataURL("image/png").split(",")[1];
  })()`);
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Add to your message" }).click();
  await page.getByRole("menuitem", { name: "Add images…" }).click();
  const buffer = Buffer.from(String(bytes), "base64");
  await (await choosing).setFiles({ name: "chosen.png", mimeType: "image/png", buffer });
  await next.getByRole("button", { name: "Open chosen.png" }).waitFor();
  // No image, whatever its name says: it is told, and keeps the question back.
  const wrong = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Add to your message" }).click();
  await page.getByRole("menuitem", { name: "Add images…" }).click();
  const text = { name: "text.png", mimeType: "image/png", buffer: Buffer.from("no image") };
  await (await wrong).setFiles(text);
  await next.getByText("Your browser cannot open this image.").waitFor();
  expect(await findings(page)).toEqual([]);
  await next.getByRole("button", { name: "Remove text.png" }).click();
  await say(page, "What are these?");
  await answers(page).getByText("Two images.").waitFor();
  expect(seen).toMatchObject([
    { width: 300, height: 200 },
    { width: 40, height: 30 },
  ]);
  await expect.poll(() => questions(page).getByRole("img").count()).toBe(2);

  // The browser would open the file in the place of the chat, of which nothing is stored.
  await page.getByRole("button", { name: "New chat" }).first().click();
  await page.getByRole("button", { name: "Temporary chat", exact: true }).click();
  await say(page, "Only here.");
  await answers(page).getByText("Two images.").waitFor();
  expect(await drop(page, "late.png")).toBe(true);
  await page.getByText("In a temporary chat there are no images and no files.").waitFor();
  expect(await next.count()).toBe(0);
  await questions(page).getByText("Only here.").waitFor();
  expectClean(watched);
  await watched.close();
});

test("a model that does not see is said before, and the camera's photo can be removed", async () => {
  await using server = await serve();
  const watched = await open(server.url, { locale: "es-ES" });
  const { page } = watched;
  await composer(page).waitFor();
  await page.getByRole("button", { name: "Añadir al mensaje" }).click();
  await page.getByRole("menuitem", { name: "Hacer una foto…" }).click();
  const camera = page.getByRole("dialog", { name: "Cámara" });
  const take = camera.getByRole("button", { name: "Hacer la foto" });
  await expect.poll(() => take.isEnabled(), { timeout: 30_000 }).toBe(true);
  expect(await findings(page)).toEqual([]);
  await take.click();
  const next = page.getByRole("region", { name: "Imágenes para tu próxima pregunta" });
  await next.getByRole("button", { name: "Abrir Foto.jpg" }).waitFor();
  await next.getByText(/no ve imágenes/).waitFor();
  await say(page, "¿Qué se ve?");
  await page
    .getByRole("alert")
    .getByText(/no ve imágenes/)
    .waitFor();
  await next.getByRole("button", { name: "Quitar Foto.jpg" }).click();
  await next.waitFor({ state: "detached" });
  expectClean(watched);
  await watched.close();
});

if (find("tesseract"))
  test("the text of a screenshot is read, corrected and sent to a model that does not see", async () => {
    let prompt = "";
    const reply = (messages: readonly Message[]) => {
      prompt ||= messages.map(({ content }) => content).join("\n");
      return "Before Friday.";
    };
    await using server = await serve({ script: { reply } });
    const watched = await open(server.url);
    const { page } = watched;
    await composer(page).waitFor();
    await paste(page);
    await page.getByRole("button", { name: "Read the text" }).click();
    const look = page.getByRole("dialog", { name: "Pasted image" });
    const text = look.getByLabel("2 lines found");
    await text.waitFor({ timeout: 60_000 });
    expect(await text.inputValue()).toMatch(/Factura 2026: págala antes del viernes\s+Thank you/);
    expect(await look.locator("rect").count()).toBe(2);
    expect(await findings(page)).toEqual([]);
    await text.fill(`${WORDS} 4 de mayo`);
    await look.getByRole("button", { name: "Done" }).click();
    await page.getByText("with its text").waitFor();
    await say(page, "When?");
    // The image goes before the question, so that a request alone says nothing.
    await answers(page).getByText("Before Friday.").waitFor();
    expect(prompt).toContain(`${WORDS} 4 de mayo`);
    await page.getByText(/does not see images: it was given the text/).waitFor();
    expect(await findings(page)).toEqual([]);
    expectClean(watched);
    await watched.close();
  });
