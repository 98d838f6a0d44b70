/** gRPC by clients that know nothing of Charla: each check of `clients.py` is a test here. */
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { ROOT } from "../../fixtures/charla.ts";
import { serve } from "../../fixtures/shared-mode.ts";

const SCRIPT = join(ROOT, "tests/with-python/grpc/clients.py");
const LIST = pathToFileURL(join(ROOT, "tests/with-python/grpc/requirements.txt"));
const names = [...readFileSync(SCRIPT, "utf8").matchAll(/@check\ndef (\w+)/g)].map(
  ([, name]) => name,
);

/** An echo, but for a question that asks for an answer without an end. */
const engine = () => {
  const echo = scripted({ contextWindow: 2 ** 20 });
  return only({
    ...echo,
    generate(request) {
      const endless = request.messages.at(-1)?.content === "never end";
      if (!endless) return echo.generate(request);
      return scripted({ tokenMs: 5, reply: () => "on and ".repeat(100_000) }).generate({
        ...request,
        sampling: { ...request.sampling, maxTokens: 200_000 },
      });
    },
  });
};

test("clients of Python are answered", { timeout: 300_000 }, async () => {
  const { installClients } = await import(join(ROOT, "scripts/python.mjs"));
  const python = await installClients(LIST);
  const place = await serve({ grpcPort: 0, engines: engine });
  const ana = await place.administrator();
  const body = { name: "Python", scopes: ["chat", "models:read"], days: 30 };
  const { secret } = await ana.must("POST", "/api/auth/keys", body);
  const child = spawn(python, [SCRIPT, `127.0.0.1:${place.app.ports[0]}`, secret]);
  let rest = "";
  child.stderr.on("data", (chunk) => {
    rest += chunk;
  });
  const said: Record<string, string | null> = {};
  for await (const line of createInterface(child.stdout)) {
    const { name, failure } = JSON.parse(line);
    said[name] = failure;
  }
  const none = Object.fromEntries(names.map((name) => [name, null]));
  expect(said, rest).toEqual(none);
});

test("the descriptors are those of the protos", { timeout: 300_000 }, async () => {
  const script = join(ROOT, "scripts/protos.mjs");
  await promisify(execFile)(process.execPath, [script, "--check"]);
});
