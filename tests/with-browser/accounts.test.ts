/** The door and the rooms of an account, as an administrator and a member use them. */
import { expect, test } from "vitest";
import { PASSWORD, type Place, serve } from "../fixtures/shared-mode.ts";
import { totpOf } from "../fixtures/totp.ts";
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

withBrowser();

const SPANISH_PHONE = {
  locale: "es-ES",
  colorScheme: "dark",
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
} as const;

async function setUp(place: Place) {
  const watched = await open(`${place.origin}/account/set-up#${place.setUpToken()}`);
  const { page } = watched;
  await page.getByLabel("Name").fill("Eva");
  await page.getByLabel("E-mail address").fill("eva@example.org");
  await page.getByLabel("New password").fill(PASSWORD);
  return watched;
}

test("the first administrator sets it up, invites somebody, and both chat", async () => {
  const place = await serve();
  const eva = await setUp(place);
  const { page } = eva;
  // The token is in the form and no longer in the address.
  expect(page.url()).toBe(`${place.origin}/account/set-up`);
  expect(await findings(page)).toEqual([]);
  await page.getByLabel("New password").fill("password12345");
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByRole("alert").getByText("attackers try").waitFor();
  expect(await page.getByLabel("Name").inputValue()).toBe("Eva");
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Start" }).click();
  await say(page, "hello");
  await settled(page);

  await openPanel(page, "People");
  const people = page.getByRole("dialog", { name: "People" });
  await people.getByText("Tokens a month").click();
  await people.getByLabel("Tokens for this person in a month").fill("50000");
  await people.getByRole("button", { name: "Save" }).click();
  await people.getByText("limit: 50,000").waitFor();
  await people.getByLabel("E-mail address").fill("ana@example.org");
  await people.getByRole("button", { name: "Create an invitation" }).click();
  const link = await people.locator(".once code").textContent();
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  // In the log it is an id, which nobody could read.
  const expectInvited = async (whom: string) => {
    await openPanel(page, "Privacy");
    const log = page.getByRole("list", { name: "Audit log" });
    const act = log.getByRole("listitem").filter({ hasText: "Person invited" });
    // The names of people come after the acts.
    await expect.poll(() => act.getByRole("button").nth(2).textContent()).toBe(whom);
    await page.keyboard.press("Escape");
  };
  await expectInvited("ana@example.org");

  const ana = await open(link ?? "", SPANISH_PHONE);
  await ana.page.getByLabel("Nombre").fill("Ana");
  expect(await ana.page.getByLabel("Correo electrónico").inputValue()).toBe("ana@example.org");
  expect(await findings(ana.page)).toEqual([]);
  expect(await ana.page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  await ana.page.getByLabel("Contraseña nueva").fill(PASSWORD);
  await ana.page.getByRole("button", { name: "Crear la cuenta" }).click();
  await say(ana.page, "hola");
  await settled(ana.page);
  await ana.page.getByRole("button", { name: "Mostrar la lista" }).click();
  const list = ana.page.getByRole("dialog", { name: "Chats" });
  // Nothing of Eva's is in it, and no room for administrators.
  await list.getByRole("link", { name: "hola" }).waitFor();
  expect(await list.getByRole("link", { name: "hello" }).count()).toBe(0);
  await list.getByRole("button", { name: /Ajustes$/ }).click();
  await ana.page.getByRole("menuitem", { name: "Tu cuenta" }).waitFor();
  expect(await ana.page.getByRole("menuitem", { name: "Personas" }).count()).toBe(0);

  await expectInvited("an invitation that is no longer open");
  // A link works once.
  const late = await open(link ?? "");
  await late.page.getByRole("alert").getByText("no longer valid").waitFor();
  for (const one of [eva, ana, late]) {
    expectClean(one);
    await one.close();
  }
});

test("a second step, a passkey, and the way back in", async () => {
  const place = await serve();
  const watched = await setUp(place);
  const { page } = watched;
  await page.getByRole("button", { name: "Start" }).click();
  await openPanel(page, "Your account");
  const account = page.getByRole("dialog", { name: "Your account" });
  const part = (name: string) => account.getByRole("region", { name });

  const step = part("Second step");
  await step.getByLabel("Current password").fill(PASSWORD);
  await step.getByRole("button", { name: "Set up an authenticator app" }).click();
  const secret = (await step.locator(".once code").textContent()) ?? "";
  await step.getByRole("img", { name: "QR code" }).waitFor();
  await step
    .getByRole("textbox", { name: "Code" })
    .fill(totpOf(`otpauth://totp/?secret=${secret}`));
  await step.getByRole("button", { name: "Turn it on" }).click();
  await step.getByText("It is on").waitFor();
  const backup = ((await step.locator(".once code").textContent()) ?? "").split("\n");
  expect(backup.length).toBeGreaterThan(5);

  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      ...{ protocol: "ctap2", transport: "internal", hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  await part("Passkeys").getByLabel("Name of the device").fill("Laptop");
  await part("Passkeys").getByRole("button", { name: "Add a passkey" }).click();
  await part("Passkeys").getByText("Laptop").waitFor();

  await part("API keys").getByLabel("What the key is for").fill("script");
  await part("API keys").getByLabel("See the models").check();
  await part("API keys").getByRole("button", { name: "Create a key" }).click();
  const key = await part("API keys").locator(".once code").textContent();
  const models = await fetch(`${place.origin}/v1/models`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(models.status).toBe(200);
  expect(await findings(page)).toEqual([]);

  await account.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("E-mail address").fill("eva@example.org");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Use a backup code" }).click();
  expect(await findings(page)).toEqual([]);
  await page.getByLabel("Backup code").fill(backup[0] ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await openPanel(page, "Your account");
  await account.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.locator(".foot-button").waitFor();
  expectClean(watched);
  await watched.close();
});

test("a session that was ended elsewhere leads back to the door, with the draft kept", async () => {
  const place = await serve();
  const watched = await setUp(place);
  const { page } = watched;
  await page.getByRole("button", { name: "Start" }).click();
  await say(page, "first");
  await settled(page);
  const again = place.browser();
  await again.must("POST", "/api/auth/sign-in", { email: "eva@example.org", password: PASSWORD });
  await again.must("DELETE", "/api/auth/sessions");
  await say(page, "a question that must not get lost");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByLabel("E-mail address").fill("eva@example.org");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await answers(page).first().waitFor();
  await expect
    .poll(() => page.getByPlaceholder("Write your message").inputValue())
    .toBe("a question that must not get lost");
  expectClean(watched);
  await watched.close();
});

test("who comes next on this browser finds nothing of what was being written", async () => {
  const place = await serve();
  const ana = await place.administrator();
  await place.join(ana, "eva@example.org");
  const watched = await open(place.origin);
  const { page } = watched;
  const signIn = async (email: string) => {
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await composer(page).waitFor();
  };
  const kept = () =>
    page.evaluate(
      "JSON.stringify([{ ...localStorage }, { ...sessionStorage }])",
    ) as Promise<string>;
  await signIn("eva@example.org");
  await composer(page).fill("my diagnosis is");
  expect(await kept()).toContain("my diagnosis is");
  await page.reload();
  await expect.poll(() => composer(page).inputValue()).toBe("my diagnosis is");

  await openPanel(page, "Your account");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await kept()).not.toContain("my diagnosis is");
  await signIn("ana@example.org");
  expect(await composer(page).inputValue()).toBe("");

  // Whose session has ended finds it again; whoever else comes does not, and it is gone.
  await composer(page).fill("for Ana alone");
  await page.context().clearCookies();
  await page.reload();
  await signIn("eva@example.org");
  expect(await composer(page).inputValue()).toBe("");
  expect(await kept()).not.toContain("for Ana alone");
  expectClean(watched);
  await watched.close();
});
