/** A member lets the administrators read one chat, sees that it was read, and takes it back. */
import { expect, test } from "vitest";
import { type Browser, type Place, serve } from "../fixtures/shared-mode.ts";
import {
  expectClean,
  findings,
  open,
  openPanel,
  say,
  settled,
  type Watched,
  withBrowser,
} from "./browser.ts";

withBrowser();

/** The page of somebody who is signed in. */
async function openAs(place: Place, person: Browser): Promise<Watched> {
  const watched = await open(place.origin);
  // Secure ones, which browsers take for this machine without TLS, but a debugger does not.
  const url = place.origin.replace("http:", "https:");
  const cookies = [...person.cookies].map(([name, value]) => ({ name, value, url, secure: true }));
  await watched.page.context().addCookies(cookies);
  await watched.page.goto(place.origin);
  return watched;
}

test("support is let in for a time, and the owner sees what it did", async () => {
  const place = await serve();
  const boss = await place.administrator();
  const member = await place.join(boss, "leo@example.org");
  const leo = await openAs(place, member);
  await say(leo.page, "Why is this wrong?");
  await settled(leo.page);
  const share = leo.page.getByRole("button", { name: "Share this chat" });
  await share.click();
  const dialog = leo.page.getByRole("dialog", { name: "Share this chat" });
  await dialog.getByLabel("What it is about").fill("The sums are wrong");
  // The policy allows no links.
  expect(await dialog.getByRole("button", { name: "Create a link" }).count()).toBe(0);
  await dialog.getByRole("button", { name: "Let them read it" }).click();
  await dialog.getByText("Times read: 0.", { exact: false }).waitFor();
  expect(await findings(leo.page)).toEqual([]);

  const eva = await openAs(place, boss);
  await openPanel(eva.page, "Shared for support");
  const room = eva.page.getByRole("dialog");
  await room.getByText("The sums are wrong").waitFor();
  expect(await room.getByText("Why is this wrong?").count()).toBe(0);
  await room.getByRole("button", { name: "Read" }).click();
  await room.locator(".message.user").getByText("Why is this wrong?").waitFor();
  expect(await findings(eva.page)).toEqual([]);
  const { items } = await boss.must("GET", "/api/audit");
  expect(items.map(({ act }: { act: string }) => act)).toContain("chat.read");

  await leo.page.reload();
  await share.click();
  await dialog.getByText("Times read: 1.", { exact: false }).waitFor();
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await dialog.getByText("The sums are wrong").waitFor({ state: "detached" });
  await eva.page.reload();
  await openPanel(eva.page, "Shared for support");
  await room.getByText("Nobody has asked for that.").waitFor();
  for (const one of [leo, eva]) {
    expectClean(one);
    await one.close();
  }
});
