/** The reference of the whole app, with every feature that it has. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { features } from "../../../src/app/features.ts";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import type { Json } from "../core/serve.ts";

test("the reference of the whole app is valid and gives each operation a name", async () => {
  const home = mkdtempSync(join(tmpdir(), "charla-api-"));
  const config = readConfig({ engine: "scripted", port: 0, home }, {});
  const log: unknown[] = [];
  const app = await startApp(config, (...line) => log.push(line));
  try {
    const document = (await (await fetch(`${app.url}/openapi.json`)).json()) as Json;
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
    expect(JSON.stringify(document)).not.toContain("#/$defs");
    const operations = Object.values<Json>(document.paths).flatMap((item) =>
      Object.values<Json>(item),
    );
    const names = operations.map(({ operationId }) => operationId);
    expect(names.length).toBeGreaterThan(4);
    expect(new Set(names).size).toBe(names.length);
    expect(operations.every(({ summary }) => /^[A-Z].*\.$/s.test(summary))).toBe(true);
    expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
    const told = await (await fetch(`${app.url}/api/features`)).json();
    expect(Object.keys(told as object)).toEqual(features.map(({ name }) => name));
    expect(told).toMatchObject({ accounts: { people: false }, models: { library: false } });
    expect(log).toEqual([]);
  } finally {
    await app.stop();
    rmSync(home, { recursive: true });
  }
});
