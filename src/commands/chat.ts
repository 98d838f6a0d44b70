/**
 * `charla chat`: a chat in the terminal, with the engine in a process of its own and no server. A
 * pipe is one question, and only its answer goes to standard output.
 */
import { createInterface, emitKeypressEvents } from "node:readline";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { type Config, readConfig } from "../config.ts";
import { CharlaError } from "../core/errors.ts";
import type { Kit } from "../core/feature.ts";
import type { Finish, Message, Start } from "../core/types.ts";
import { t } from "../locales/index.ts";
import { placeLine } from "./place.ts";
import { complain, examples, log, option } from "./shared.ts";

export function chatCommand(program: Command): void {
  const command = program
    .command("chat")
    .description(t("chat.about"))
    .addOption(option("model", "<model>"))
    .addOption(option("system", "<text>"))
    .addOption(option("temperature", "<number>"))
    .addOption(option("topP", "<number>"))
    .addOption(option("maxTokens", "<count>"))
    .addOption(option("seed", "<number>"))
    .option("--json", t("option.json"))
    .action(chat);
  examples(command, [
    "charla chat",
    'echo "What is a noun?" | charla chat',
    'echo "Name a colour." | charla chat --temperature 0 --max-tokens 20 --json',
  ]);
}

async function chat({ json, ...flags }: { json?: boolean }): Promise<void> {
  const config = readConfig(flags);
  const [{ createKit }, { fetchModel }] = await Promise.all([
    import("../app.ts"),
    import("../engines.ts"),
  ]);
  await fetchModel(config, log);
  const kit = createKit(config, log);
  try {
    const session = new Session(kit, config, json ?? false);
    if (process.stdin.isTTY) return await talk(session);
    const question = (await text(process.stdin)).trim();
    if (question === "") throw noQuestion();
    // 128 + SIGINT, as shells have it: what was printed is not the whole answer.
    if (!(await session.ask(question))) process.exitCode = 130;
  } finally {
    await kit.engines.close();
  }
}

class Session {
  readonly #kit: Kit;
  readonly #config: Config;
  readonly #json: boolean;
  #history: Message[] = [];

  constructor(kit: Kit, config: Config, json: boolean) {
    this.#kit = kit;
    this.#config = config;
    this.#json = json;
    this.forget();
  }

  /** Begins anew, with the system prompt alone. */
  forget(): void {
    const { system } = this.#config;
    this.#history = system === undefined ? [] : [{ role: "system", content: system }];
  }

  /**
   * Streams an answer to standard output; Ctrl-C ends it with what was written.
   *
   * @returns whether it came to its end
   */
  async ask(question: string): Promise<boolean> {
    const messages: Message[] = [...this.#history, { role: "user", content: question }];
    const stop = new AbortController();
    const onStop = () => stop.abort();
    process.on("SIGINT", onStop);
    const place = placeLine(process.stderr);
    let content = "";
    let start: Start | undefined;
    let finish: Finish | undefined;
    try {
      const { sampling } = this.#config;
      const turn = { messages, sampling, origin: "cli", signal: stop.signal };
      for await (const delta of this.#kit.run(turn)) {
        if (delta.type === "start") start = delta.start;
        if (delta.type === "finish") finish = delta.finish;
        if (delta.type === "waiting") place.show(delta);
        else place.clear();
        if (delta.type === "text") {
          content += delta.text;
          if (!this.#json) process.stdout.write(printable(delta.text));
        }
      }
    } catch (thrown) {
      // A model that is stopped while it loads throws, and who stopped it knows why.
      if (!stop.signal.aborted) throw thrown;
    } finally {
      place.clear();
      process.off("SIGINT", onStop);
    }
    if (this.#json) console.log(JSON.stringify({ content, ...start, finish }));
    else process.stdout.write("\n");
    if (content !== "") this.#history = [...messages, { role: "assistant", content }];
    if (start?.droppedMessages) console.error(t("chat.dropped", { count: start.droppedMessages }));
    return !stop.signal.aborted;
  }
}

/** A model must not move the cursor or retitle the window; a pipe gets every byte. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  return process.stdout.isTTY ? text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, "") : text;
}

async function talk(session: Session): Promise<void> {
  console.error(t("chat.welcome"));
  const history: string[] = [];
  for (;;) {
    const line = (await prompt(history))?.trim();
    if (line === undefined || line === "/exit") return;
    if (line === "") continue;
    if (line === "/help") console.error(t("chat.help"));
    else if (line === "/new") {
      session.forget();
      console.error(t("chat.new"));
    } else {
      await session.ask(line).catch(complain);
    }
  }
}

/** Terminals that know it wrap what is pasted in two marks, so that its line breaks send nothing. */
const BRACKETED_PASTE = { on: "\x1b[?2004h", off: "\x1b[?2004l" };

/**
 * Reads one message, which has several lines when it was pasted.
 *
 * @param history earlier messages, newest first; grows
 * @returns undefined at the end of the input (Ctrl-D)
 */
function prompt(history: string[]): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const lines: string[] = [];
  let pasting = false;
  const onKey = (_: string, key: { name?: string }) => {
    if (key.name === "paste-start") pasting = true;
    if (key.name === "paste-end") pasting = false;
  };
  emitKeypressEvents(process.stdin);
  process.stdin.on("keypress", onKey);
  const reader = createInterface({
    input: process.stdin,
    // Not standard output, which may be a file that only answers belong in.
    output: process.stderr,
    prompt: "> ",
    history: [...history],
  });
  process.stderr.write(BRACKETED_PASTE.on);
  reader.prompt();
  reader.on("line", (line) => {
    lines.push(line);
    if (pasting) return;
    history.unshift(line);
    resolve(lines.join("\n"));
    reader.close();
  });
  reader.on("SIGINT", () => {
    console.error(`\n${t("chat.leave")}`);
    lines.length = 0;
    reader.write(null, { ctrl: true, name: "e" });
    reader.write(null, { ctrl: true, name: "u" });
    reader.prompt();
  });
  reader.on("close", () => {
    process.stdin.off("keypress", onKey);
    process.stderr.write(BRACKETED_PASTE.off);
    resolve(undefined);
  });
  return promise;
}

function noQuestion(): CharlaError {
  return new CharlaError("no_question", {
    status: 400,
    message: "There was no question on standard input.",
    hint: 'Pipe one in, as in: echo "What is a noun?" | charla chat',
  });
}
