/**
 * Finds tesseract for the tests of reading images, or installs it by the system's packages when root. A
 * machine that cannot have it runs all other tests: they know how to do without.
 */
import { existsSync } from "node:fs";
import { run, step, t } from "./terminal.mjs";

const PACKAGES = ["tesseract-ocr", "tesseract-ocr-eng", "tesseract-ocr-spa"];

/** Whether it is there, with Spanish and English. */
export async function findOcr() {
  if (await works()) return true;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) await step(t("setup.ocr"), fetch);
  return works();
}

async function works() {
  const { code, output } = await run("tesseract", ["--list-langs"]).catch(() => ({ code: 1 }));
  return code === 0 && /^eng$/m.test(output) && /^spa$/m.test(output);
}

async function fetch() {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update"], { env });
  await run("apt-get", ["install", "--yes", "--no-install-recommends", ...PACKAGES], { env });
}
