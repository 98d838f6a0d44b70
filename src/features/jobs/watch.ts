/**
 * `charla jobs watch`: the list of jobs while they run. In a terminal it is drawn over itself, arrows
 * choose a job and `c` cancels it; elsewhere each change is a line.
 */
import { emitKeypressEvents } from "node:readline";
import { CharlaError } from "../../core/errors.ts";
import type { RunningServer } from "../../core/feature.ts";
import type { Language } from "../../locales/index.ts";
import { paintFor } from "../../terminal/colours.ts";
import { type Interrupt, interruptible } from "../../terminal/interrupt.ts";
import { wrap } from "../../terminal/text.ts";
import type { JobsReply } from "./api.ts";
import { messages } from "./messages.ts";
import { farOf, whatOf } from "./table.ts";
import { PATH, type Shown } from "./work.ts";

/** @param json prints each state of the list as a line of JSON */
export async function watch(server: RunningServer, language: Language, json: boolean) {
  using stopping = interruptible();
  const lists = server.events<JobsReply>(`${PATH}/events`, stopping.signal);
  if (json) for await (const { items } of lists) console.log(JSON.stringify(items));
  else if (process.stdout.isTTY && process.stdin.isTTY)
    await live(server, lists, language, stopping);
  else await lines(lists, language);
}

/** A line for each job whose state has changed, or that has come another tenth further. */
async function lines(lists: AsyncIterable<JobsReply>, language: Language): Promise<void> {
  const text = messages[language];
  const known = new Map<string, string>();
  for await (const { items } of lists) {
    for (const job of (items as readonly Shown[]).toReversed()) {
      const tenth = job.total ? Math.floor((10 * job.done) / job.total) : 0;
      const now = `${job.state} ${tenth}`;
      if (known.get(job.id) === now) continue;
      known.set(job.id, now);
      const far = farOf(job, language);
      console.log([job.id, text[job.state], far, whatOf(job, language)].join("  "));
    }
  }
}

type Live = Pick<RunningServer, "ask">;

async function live(
  server: Live,
  lists: AsyncIterable<JobsReply>,
  language: Language,
  { signal, stop }: Interrupt,
): Promise<void> {
  const text = messages[language];
  const screen = new Screen(language);
  const { stdin } = process;
  const act = async (name: "cancel" | "resume") => {
    const { chosen } = screen;
    if (!chosen) return;
    const path = `${PATH}/${encodeURIComponent(chosen.id)}/${name}`;
    screen.remark = await server.ask("POST", path).then(
      () => "",
      (thrown: unknown) => CharlaError.from(thrown).message,
    );
    screen.draw();
  };
  const keys: Readonly<Record<string, () => void>> = {
    up: () => screen.move(-1),
    down: () => screen.move(1),
    c: () => void act("cancel"),
    r: () => void act("resume"),
    q: stop,
  };
  const onKey = (_: unknown, { name = "", ctrl }: { name?: string; ctrl?: boolean }) => {
    if (ctrl && (name === "c" || name === "d")) stop();
    else if (!ctrl) keys[name]?.();
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode(true).resume().on("keypress", onKey);
  try {
    for await (const { items } of lists) screen.show(items as readonly Shown[]);
    if (!signal.aborted) console.error(text.stopped);
  } finally {
    stdin.off("keypress", onKey).setRawMode(false).pause();
  }
}

/** The list, drawn over itself. */
class Screen {
  remark = "";
  readonly #language: Language;
  #items: readonly Shown[] = [];
  #chosen = "";
  #drawn = 0;

  constructor(language: Language) {
    this.#language = language;
  }

  get chosen(): Shown | undefined {
    return this.#items.find(({ id }) => id === this.#chosen);
  }

  show(items: readonly Shown[]): void {
    this.#items = items;
    if (!this.chosen) this.#chosen = items[0]?.id ?? "";
    this.draw();
  }

  move(by: number): void {
    const at = this.#items.findIndex(({ id }) => id === this.#chosen);
    this.#chosen = this.#items[at + by]?.id ?? this.#chosen;
    this.draw();
  }

  draw(): void {
    // Some terminals say that they have none.
    const [columns, rows] = [process.stdout.columns || 80, process.stdout.rows || 24];
    const text = messages[this.#language];
    const paint = paintFor(process.stdout);
    const lines = this.#items.map((job) => {
      const mark = job.id === this.#chosen ? ">" : " ";
      const facts = [text[job.state].padEnd(9), farOf(job, this.#language).padStart(7)];
      const line = [mark, ...facts, ` ${whatOf(job, this.#language)}`].join(" ");
      const cut = line.slice(0, columns - 1);
      return job.id === this.#chosen ? paint("bold", cut) : cut;
    });
    const below = [this.#items.length > 0 ? text.keys : text.none, this.remark];
    const foot = below.filter(Boolean).flatMap((line) => wrap(line, columns - 1));
    const shown = [...lines.slice(0, Math.max(1, rows - foot.length - 2)), "", ...foot];
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A\r` : "";
    process.stdout.write(`${up}\x1b[J${shown.join("\n")}\n`);
    this.#drawn = shown.length;
  }
}
