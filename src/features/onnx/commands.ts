/**
 * `charla export onnx IN OUT`, and `charla onnx status | setup | remove`: what runs such files. Results go to
 * standard output, progress to standard error.
 */
import { basename, resolve } from "node:path";
import type { Command } from "commander";
import { fill } from "../../core/errors.ts";
import type { Language } from "../../locales/index.ts";
import { examples, group } from "../../terminal/help.ts";
import { messages } from "./messages.ts";
import type { Tools } from "./tools.ts";

type Open = () => Promise<Tools>;
type Show = (done: number, total: number) => void;

const megabytes = (bytes: number) => Math.round(bytes / 1e6);

/** With a line of progress; Ctrl-C ends it in good order. */
async function long<Result>(
  label: string,
  work: (show: Show, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { interruptible } = await import("../../terminal/interrupt.ts");
  const { progressLine } = await import("../../terminal/progress.ts");
  using stopping = interruptible();
  const line = progressLine(process.stderr);
  const show: Show = (done, total) => line.show(label, Math.min(done, total), total, null);
  return await work(show, stopping.signal).finally(() => line.clear());
}

export function exportCommand(program: Command, open: Open, language: Language): void {
  const text = messages[language];
  interface Options {
    readonly force?: boolean;
    readonly exact?: boolean;
    readonly json?: boolean;
  }
  const into = program.command("export").helpGroup(group("models")).description(text.export);
  const command = into
    .command("onnx")
    .description(text.about)
    .argument("<in>", text.in)
    .argument("<out>", text.out)
    .option("--exact", text.exact)
    .option("--force", text.force)
    .option("--json", text.json)
    .action(async (model: string, out: string, { force = false, exact = false, json }: Options) => {
      const { find, exportOnnx } = await open();
      const [input, output] = [await find(model), resolve(out)];
      const exported = await long(`${basename(output)} ${text.exporting}`, (progress, signal) =>
        exportOnnx({ input, output, force, exact, signal, progress }),
      );
      if (json) return console.log(JSON.stringify({ input, output, ...exported }, null, 2));
      const { bytesBefore, bytesAfter } = exported;
      const sizes = { before: megabytes(bytesBefore), after: megabytes(bytesAfter) };
      console.log(fill(text.written, { output, ...sizes }));
    });
  examples(command, [`charla export onnx smollm2-135m ${text.example}`]);
}

export function runtimeCommands(
  program: Command,
  open: Open,
  { language, home }: { readonly language: Language; readonly home: string },
): void {
  const text = messages[language];
  const command = program.command("onnx").helpGroup(group("models")).description(text.runtime);
  examples(command, ["charla onnx", "charla onnx setup", "charla onnx remove"]);
  const name = "ONNX Runtime";

  command
    .command("status", { isDefault: true })
    .description(text.status)
    .option("--json", text.json)
    .action(async ({ json }: { json?: boolean }) => {
      const { hasRuntime, VERSION: version, SIZES } = await open();
      const ready = await hasRuntime(home);
      if (json) return console.log(JSON.stringify({ version, ready, bytes: SIZES }, null, 2));
      const size = { download: megabytes(SIZES.download) };
      console.log(`${name} ${version}: ${fill(ready ? text.ready : text.absent, size)}`);
    });

  command
    .command("setup")
    .description(text.setup)
    .action(async () => {
      const { hasRuntime, fetchRuntime, SIZES } = await open();
      if (await hasRuntime(home)) return console.log(text.nothing);
      const { download, meanwhile, kept } = SIZES;
      const sizes = [download, meanwhile, kept].map(megabytes);
      const [mb = 0, most = 0, stays = 0] = sizes;
      console.error(fill(text.fetching, { download: mb, meanwhile: most, kept: stays }));
      await long(name, (show, signal) =>
        fetchRuntime(home, (bytes) => show(bytes, meanwhile), signal),
      );
      console.log(text.fetched);
    });

  command
    .command("remove")
    .description(text.remove)
    .action(async () => {
      await (await open()).removeRuntime(home);
      console.log(text.removed);
    });
}
