/** What a line that begins with a slash does. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { CharlaError } from "../../core/errors.ts";
import { language, type TextKey, t } from "../../locales/index.ts";
import { columnsOf, wrap } from "../../terminal/text.ts";
import { tell } from "../shared.ts";
import type { Session } from "./session.ts";

interface Command {
  /** What it takes, and what it does, as `/help` says it. */
  readonly takes?: TextKey;
  readonly about: TextKey;
  run(session: Session, argument: string): void | Promise<void>;
}

export const COMMANDS: Readonly<Record<string, Command>> = {
  help: { about: "chat.help.help", run: help },
  model: { takes: "chat.help.model.takes", about: "chat.help.model", run: chooseModel },
  new: {
    about: "chat.help.new",
    run(session) {
      session.forget();
      tell(t("chat.new"));
    },
  },
  again: {
    about: "chat.help.again",
    async run(session) {
      if (!(await session.again())) tell(t("chat.nothingYet"));
    },
  },
  system: { takes: "chat.help.system.takes", about: "chat.help.system", run: instruct },
  save: { takes: "chat.help.save.takes", about: "chat.help.save", run: save },
  quit: { about: "chat.help.quit", run() {} },
};
/** The word of before, and of other programs. */
const ALIASES: Readonly<Record<string, string>> = { exit: "quit", "?": "help" };

/** Not so a path, nor a line that begins with a blank. */
const LINE = /^\/([a-z?]+)(?:\s+([\s\S]*))?$/i;

export const isCommand = (line: string): boolean => LINE.test(line.trimEnd());

/**
 * @returns whether the chat is to end
 * @throws CharlaError `chat_file_exists`, `chat_not_saved`, and what an engine says
 */
export async function runCommand(line: string, session: Session): Promise<boolean> {
  const [, word = "", argument = ""] = LINE.exec(line.trimEnd()) ?? [];
  const name = ALIASES[word.toLowerCase()] ?? word.toLowerCase();
  if (COMMANDS[name]) await COMMANDS[name].run(session, argument.trim());
  else tell(t("chat.unknown", { name }));
  return name === "quit";
}

function help(): void {
  const rows = Object.entries(COMMANDS).map(([name, { takes, about }]) => {
    return [`/${name}${takes ? ` ${t(takes)}` : ""}`, t(about)] as const;
  });
  const width = Math.max(...rows.map(([line]) => line.length)) + 2;
  const columns = columnsOf(process.stderr);
  for (const [line, about] of rows) {
    const lines = wrap(about, columns - width).join(`\n${" ".repeat(width)}`);
    console.error(line.padEnd(width) + lines);
  }
  tell(t("chat.keys"));
}

async function chooseModel(session: Session, wish: string): Promise<void> {
  const { models, current } = await session.chat.models();
  const chosen = session.model ?? current;
  if (wish === "") {
    for (const { id, name } of models) {
      console.error(`${id === chosen ? "*" : " "} ${id}${name === id ? "" : `  ${name}`}`);
    }
    return;
  }
  if (!models.some(({ id }) => id === wish)) {
    return tell(t("chat.noModel", { model: wish }));
  }
  session.model = wish;
  tell(t("chat.model", { model: wish }));
}

function instruct(session: Session, text: string): void {
  if (text !== "") session.system = text;
  const { system } = session;
  tell(system === undefined ? t("chat.noSystem") : t("chat.system", { text: system }));
}

async function save({ messages, answeredBy }: Session, name: string): Promise<void> {
  if (messages.length === 0) return tell(t("chat.nothingYet"));
  const now = new Date();
  const stamp = now.toISOString().slice(0, 16).replace("T", "-").replace(":", "");
  const file = resolve(name || `charla-${stamp}.md`);
  const titles = { user: t("chat.you"), assistant: answeredBy, system: "" };
  const text = [
    `# ${t("chat.saved.title", { date: now.toLocaleDateString(language, { dateStyle: "long" }) })}`,
    t("chat.saved.note", { model: answeredBy }),
    ...messages.flatMap(({ role, content }) => [`## ${titles[role]}`, content]),
  ].join("\n\n");
  try {
    await writeFile(file, `${text}\n`, { flag: "wx" });
  } catch (thrown) {
    throw notSaved(file, (thrown as NodeJS.ErrnoException).code ?? String(thrown));
  }
  tell(t("chat.saved", { file }));
}

function notSaved(file: string, reason: string): CharlaError {
  if (reason === "EEXIST") {
    return new CharlaError("chat_file_exists", {
      status: 409,
      message: "{file} is there already.",
      hint: "Save the chat under another name: /save name.md",
      params: { file },
    });
  }
  return new CharlaError("chat_not_saved", {
    message: "The chat could not be saved in {file}: {reason}.",
    hint: "Name another place: /save /tmp/chat.md",
    params: { file, reason },
  });
}
