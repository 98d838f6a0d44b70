/** Reads one message in the terminal, with the keys of readline and the history of this chat. */
import { createInterface, emitKeypressEvents } from "node:readline";
import { t } from "../../locales/index.ts";
import { COMMANDS } from "./slash.ts";

/** Terminals that know it wrap what is pasted in two marks, so that its line breaks send nothing. */
const BRACKETED_PASTE = { on: "\x1b[?2004h", off: "\x1b[?2004l" };

/** Tab completes the names of commands. */
function complete(line: string): [string[], string] {
  const all = Object.keys(COMMANDS).map((name) => `/${name}`);
  return [line.startsWith("/") ? all.filter((one) => one.startsWith(line)) : [], line];
}

/**
 * @param history earlier messages, newest first; grows
 * @returns undefined at the end of the input (Ctrl-D); several lines when they were pasted
 */
export function prompt(history: string[]): Promise<string | undefined> {
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
    completer: complete,
  });
  process.stderr.write(BRACKETED_PASTE.on);
  reader.prompt();
  reader.on("line", (line) => {
    lines.push(line);
    if (pasting) return;
    if (line.trim() !== "") history.unshift(line);
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
