/** The example in `examples/` is plugged in and used, so that it stays true. */
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shout } from "../../../examples/shout/index.ts";
import { ended, printed, ROOT, start, temporary } from "../../fixtures/charla.ts";
import { question, serve } from "../core/serve.ts";

test("its step changes the answers it is meant for, and its route counts them", async () => {
  await using served = await serve(undefined, [shout()]);
  const ask = async (content: string) => (await served.ask(question(content))).text;
  expect(await ask("hello")).toBe("You said: hello");
  expect(await ask("hello!!")).toBe("YOU SAID: HELLO!!");
  expect(await served.json("/api/shout?text=ma%C3%B1ana")).toEqual({
    answers: 1,
    example: "MAÑANA",
  });
});

function edit(file: string, change: (source: string) => string): void {
  const source = readFileSync(file, "utf8");
  const changed = change(source);
  expect(changed).not.toBe(source);
  writeFileSync(file, changed);
}

/** A copy of the program with the example in it, as its first lines say. */
function plugIn(): string {
  const copy = temporary();
  for (const part of ["src", "package.json"]) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");
  const folder = join(copy, "src", "features", "shout");
  cpSync(join(ROOT, "examples", "shout"), folder, { recursive: true });
  edit(join(folder, "index.ts"), (source) => source.replaceAll(`"../../src/core/`, `"../../core/`));
  edit(join(copy, "src", "app.ts"), (source) =>
    source
      .replace(/^import/m, 'import { shout } from "./features/shout/index.ts";\nimport')
      .replace(/function features[\s\S]*?return \[/, "$& shout(),"),
  );
  return join(copy, "src", "cli.ts");
}

test("it can be copied among the features: its command runs, and its route answers", async () => {
  const cli = plugIn();
  const options = { env: { CHARLA_HOME: temporary() }, input: "" };
  const said = await ended(start(process.execPath, [cli, "shout", "hello"], options));
  expect(said).toEqual({ code: 0, stdout: "HELLO\n", stderr: "" });
  const server = start(process.execPath, [cli, "serve", "--port", "0"], options);
  const [url = ""] = /http:\S+/.exec(await printed(server, /http:\S+\n/)) ?? [];
  const shown = await (await fetch(`${url}/api/shout`)).json();
  expect(shown).toEqual({ answers: 0, example: "HELLO" });
  server.kill("SIGTERM");
  expect((await ended(server)).code).toBe(0);
});
