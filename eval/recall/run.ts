/**
 * `npm run eval:recall`: how many facts that were told in a chat long ago, and have fallen out of the
 * window, are put before the question again. No model answers: what counts is whether a passage that holds
 * the fact stands in the prompt, within its room. Tokens are counted by the scripted engine, by words.
 *
 *     npm run eval:recall -- --home ~/.local/share/charla --json figures.json
 *
 * With the model of `charla files fetch` in the data folder, also by words and meaning together.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../../src/config.ts";
import { only } from "../../src/core/engine.ts";
import type { Embed } from "../../src/core/meaning.ts";
import { random, type Share, shuffle, wilson } from "../../src/core/statistics.ts";
import { askEngine, compose } from "../../src/core/turn.ts";
import type { Delta, Message, Turn } from "../../src/core/types.ts";
import { scripted } from "../../src/engines/scripted.ts";
import { meaningTools } from "../../src/engines.ts";
import { Lookup } from "../../src/features/recall/lookup.ts";
import { recallStep } from "../../src/features/recall/step.ts";
import { FACTS, type Fact } from "./facts.ts";

const { values } = parseArgs({ options: { home: { type: "string" }, json: { type: "string" } } });

const WINDOW = 4096;
const ANSWER = 512;
const SEED = 15;

/** What chats are full of: the paragraphs of our own documents, by their headings. */
function fillers(language: "en" | "es"): Message[][] {
  const files = globSync(language === "en" ? "docs/*.md" : "docs/es/*.md").sort();
  return files.flatMap((file) =>
    readFileSync(file, "utf8")
      .split(/\n(?=#+ )/)
      .flatMap((section) => {
        const [, heading = "", body = ""] = /^#+ (.*)\n([\s\S]*)$/.exec(section) ?? [];
        return body
          .split(/\n\n+/)
          .filter((one) => one.length > 120)
          .map((content): Message[] => [
            { role: "user", content: `${heading}?` },
            { role: "assistant", content },
          ]);
      }),
  );
}

/** A chat with every fact in it, somewhere in the front; by turns it is the person's or the model's to say. */
function chat(language: "en" | "es", seed: number): Message[] {
  const next = random(seed);
  const told = FACTS[language].map(({ said }, at): Message[] =>
    at % 2 === 0
      ? [
          { role: "user", content: said },
          { role: "assistant", content: language === "es" ? "Anotado." : "Noted." },
        ]
      : [
          {
            role: "user",
            content: language === "es" ? "Resume lo último." : "Sum up what we have.",
          },
          { role: "assistant", content: said },
        ],
  );
  const filling = shuffle(fillers(language), next);
  // The newest third is filler alone, so that every fact has left the window.
  const cut = Math.floor((filling.length * 2) / 3);
  return [...shuffle([...filling.slice(0, cut), ...told], next), ...filling.slice(cut)].flat();
}

async function isFound(history: readonly Message[], fact: Fact, text: string, lookup: Lookup) {
  let prompt: readonly Message[] = [];
  const engines = only(
    scripted({
      contextWindow: WINDOW,
      reply(messages) {
        prompt = messages;
        return "";
      },
    }),
  );
  const policy = { lookup: true, summaries: true };
  const step = recallStep({ lookup, policy, house: { engines }, looked() {} });
  const messages: Message[] = [...history, { role: "user", content: text }];
  const turn: Turn = {
    ...{ messages, sampling: { temperature: 0, topP: 1, maxTokens: ANSWER }, origin: "page" },
    belongs: { owner: "o", conversation: "c", messages: messages.map((_, at) => `m${at}`) },
    signal: new AbortController().signal,
  };
  const deltas: Delta[] = [];
  for await (const delta of compose([step], askEngine(engines))(turn)) deltas.push(delta);
  const before = prompt.slice(0, -1).some(({ content }) => content.includes(fact.said));
  if (before) throw new TypeError("the fact is still in the window");
  return prompt.at(-1)?.content.includes(fact.said) ?? false;
}

const path = join(values.home ?? readConfig().home, "meaning", "multilingual-e5-small-q4_0.gguf");
const here = existsSync(path);
if (!here) console.error("the model of `charla files fetch` is not there: words alone");
const model = here
  ? await (await meaningTools(console.error)).open(path, new AbortController().signal)
  : undefined;
/** As the feature of files asks it. */
const embed: Embed = async (kind, texts, signal) => {
  const asked = texts.map((text) => `${kind}: ${text.normalize("NFKC").slice(0, 1600)}`);
  return (await model?.embed?.(asked, signal))?.vectors;
};

const rows: object[] = [];
console.log("| Chat in | Found by | Question | Told again | 95 % |\n|---|---|---|---|---|");
for (const way of here ? (["words", "words and meaning"] as const) : (["words"] as const))
  for (const language of ["es", "en"] as const) {
    const history = chat(language, SEED);
    const lookup = new Lookup(way === "words" ? undefined : embed);
    for (const kind of ["asked", "other"] as const) {
      let hits = 0;
      const missed: string[] = [];
      for (const fact of FACTS[language]) {
        if (way !== "words") await lookup.learn(async () => {}, new AbortController().signal);
        if (await isFound(history, fact, fact[kind], lookup)) hits += 1;
        else missed.push(fact[kind]);
      }
      const share: Share = { hits, of: FACTS[language].length };
      const [low, high] = wilson(share).map((one) => one.toFixed(2));
      const question = kind === "asked" ? "as most would ask" : "in other words";
      console.log(
        `| ${language} | ${way} | ${question} | ${hits} of ${share.of} | ${low} to ${high} |`,
      );
      for (const text of missed) console.error(`  missed: ${text}`);
      rows.push({ language, way, kind, messages: history.length, ...share, low, high });
    }
  }
await model?.close();
if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
