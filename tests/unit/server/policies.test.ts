/** What scripts of workers may do that no page may. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createServer } from "../../../src/core/http.ts";
import { policyOf } from "../../../src/server/policies.ts";

function policies() {
  const page = mkdtempSync(join(tmpdir(), "charla-policies-"));
  onTestFinished(() => rmSync(page, { recursive: true }));
  writeFileSync(join(page, "index.html"), "<!doctype html>");
  const app = createServer([], { page, document: "index.html", policy: policyOf, log() {} });
  return async (path: string) => {
    const headers = { host: "localhost" };
    const reply = await app.fetch(new Request(`http://localhost${path}`, { headers }));
    return reply.headers;
  };
}

test("only a worker's own script may run WebAssembly, and it loads nothing from elsewhere", async () => {
  const of = policies();
  const policy = (await of("/assets/some.worker-a1B2_c.js")).get("content-security-policy");
  expect(policy).toBe(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
  );
  for (const path of ["/", "/offline", "/assets/worker-a1B2_c.js", "/assets/x.worker.css"]) {
    const page = (await of(path)).get("content-security-policy");
    expect(page, path).toContain("require-trusted-types-for 'script'");
    expect(page, path).not.toMatch(/wasm|blob:|unsafe/);
  }
});

test("one with threads may start them from code of its own, and still loads nothing from elsewhere", async () => {
  const of = policies();
  const threads = await of("/assets/some.threads.worker-a1B2_c.js");
  expect(threads.get("content-security-policy")).toBe(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' blob:; worker-src blob:",
  );
  // Without these two no page gets memory that threads share.
  for (const headers of [threads, await of("/")]) {
    expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
  }
});
