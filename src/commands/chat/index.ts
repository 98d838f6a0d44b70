/** Opens what a chat needs, and answers one question or many. */
import { buffer } from "node:stream/consumers";
import { openChat } from "../../app/terminal.ts";
import { VERSION } from "../../app/version.ts";
import { type Flags, readConfig } from "../../config.ts";
import { CharlaError } from "../../core/errors.ts";
import { utf8 } from "../../core/utf8.ts";
import { t } from "../../locales/index.ts";
import { complain, log, tell } from "../shared.ts";
import { prompt } from "./prompt.ts";
import { Screen } from "./screen.ts";
import { Session } from "./session.ts";
import { isCommand, runCommand } from "./slash.ts";

/**
 * @param words the question on the command line; empty without one
 * @throws CharlaError `no_question`, and what the engine says
 */
export async function chat(words: string, flags: Flags, json: boolean): Promise<void> {
  const config = readConfig(flags);
  const talks = process.stdin.isTTY && words === "";
  const question = talks ? "" : await wholeQuestion(words);
  await using open = await openChat(config, log);
  if (process.stderr.isTTY) {
    if (open.server !== undefined) tell(t("chat.server", { url: open.server }));
    const { model = "" } = config;
    if (open.lacking !== undefined) {
      tell(t("chat.lacking", { url: open.lacking, model }));
    }
  }
  const session = new Session(open, config, new Screen(json));
  if (talks) return await talk(session);
  // 128 + SIGINT, as shells have it: what was printed is not the whole answer.
  if (!(await session.ask(question))) process.exitCode = 130;
}

/** What was asked on the command line, and below it what comes by the pipe. */
async function wholeQuestion(words: string): Promise<string> {
  const piped = process.stdin.isTTY ? "" : utf8(await buffer(process.stdin)).trim();
  const question = [words.trim(), piped].filter((part) => part !== "").join("\n\n");
  if (question !== "") return question;
  throw new CharlaError("no_question", {
    status: 400,
    message: "There was no question on standard input.",
    hint: 'Ask one, as in: charla chat "What is a noun?"',
  });
}

async function talk(session: Session): Promise<void> {
  session.chat.prepare();
  const { models, current } = await session.chat
    .models()
    .catch(() => ({ models: [], current: "" }));
  const name = models.find(({ id }) => id === current)?.name ?? current;
  console.error([`Charla ${VERSION}`, ...(name ? [name] : [])].join(" · "));
  tell(t("chat.welcome"), "dim");
  const history: string[] = [];
  for (;;) {
    const line = await prompt(history);
    if (line === undefined) return;
    if (line.trim() === "") continue;
    try {
      if (!isCommand(line)) await session.ask(line.trim());
      else if (await runCommand(line, session)) return;
    } catch (thrown) {
      complain(thrown);
    }
  }
}
