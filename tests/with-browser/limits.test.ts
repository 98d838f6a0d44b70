/** What is left of a month's tokens, as the page of somebody with an account shows it. */
import { expect, test } from "vitest";
import { PASSWORD, serve } from "../fixtures/shared-mode.ts";
import { expectClean, findings, open, say, settled, withBrowser } from "./browser.ts";

withBrowser();

test("tells what is left after each answer, and when it is gone", async () => {
  const place = await serve({ policy: "[limits]\ntokens_per_month = 20\n" });
  const watched = await open(`${place.origin}/account/set-up#${place.setUpToken()}`);
  const { page } = watched;
  await page.getByLabel("Name").fill("Eva");
  await page.getByLabel("E-mail address").fill("eva@example.org");
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByText("20 of 20 tokens left this month. Resets on").waitFor();
  expect(await findings(page)).toEqual([]);
  await say(page, "one two three four five six seven eight nine ten eleven twelve thirteen");
  await settled(page);
  await page.getByText(/^[0-9] of 20 tokens left this month/).waitFor();
  for (let n = 0; n < 3; n++) {
    await say(page, "one two three four five six seven eight nine ten eleven twelve thirteen");
    if (await page.getByText(/used your 20 tokens for this month/).count()) break;
    await settled(page);
  }
  await page
    .getByText(/used your 20 tokens for this month/)
    .first()
    .waitFor();
  await page.getByText("0 of 20 tokens left this month").waitFor();
  expectClean(watched);
  await watched.close();
});
