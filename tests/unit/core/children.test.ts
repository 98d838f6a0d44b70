/** What other programs are told, and where they are looked for. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { environment, find, fork } from "../../../src/core/children.ts";
import { temporary } from "../../fixtures/charla.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const SECRETS = [
  ...["CHARLA_MASTER_KEY", "CHARLA_DATABASE_URL", "CHARLA_OIDC_SECRET", "CHARLA_REMOTE_KEY"],
  ...["HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "NODE_OPTIONS", "PYTHONPATH"],
];

test("a child is told where things are, and no secret", () => {
  for (const name of SECRETS) vi.stubEnv(name, "x");
  vi.stubEnv("CUDA_VISIBLE_DEVICES", "1").stubEnv("https_proxy", "http://proxy:1");
  vi.stubEnv("NODE_EXTRA_CA_CERTS", "/etc/company.pem");
  const names = Object.keys(environment());
  const network = ["https_proxy", "NODE_EXTRA_CA_CERTS"];
  for (const name of [...SECRETS, ...network]) expect(names).not.toContain(name);
  expect(names).toEqual(expect.arrayContaining(["PATH", "CUDA_VISIBLE_DEVICES"]));
  expect(environment(true)).toMatchObject({
    https_proxy: "http://proxy:1",
    NODE_EXTRA_CA_CERTS: "/etc/company.pem",
  });
});

test("so is one of our own files", async () => {
  vi.stubEnv("HF_TOKEN", "hf_secret");
  const file = join(temporary(), "child.mjs");
  await writeFile(file, "process.send(process.env); process.disconnect();");
  const child = fork(new URL(`file://${file}`), [], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const told = await new Promise((resolve) => child.on("message", resolve));
  expect(told).toHaveProperty("PATH");
  expect(told).not.toHaveProperty("HF_TOKEN");
});

test.runIf(process.platform !== "win32")(
  "a program is never one of the current folder",
  async () => {
    const [here, there] = [temporary(), temporary()];
    await mkdir(join(there, "folder"));
    for (const folder of [here, there]) await writeFile(join(folder, "tool"), "", { mode: 0o755 });
    await writeFile(join(there, "text"), "", { mode: 0o644 });
    vi.stubEnv("PATH", `.::relative:${there}`);
    expect(find("tool")).toBe(join(there, "tool"));
    for (const name of ["folder", "text", "nothing"]) expect(find(name)).toBeUndefined();
  },
);
