/** What an answer is computed again with: honestly, or as something that it was not. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Engine } from "../../src/core/engine.ts";
import { type Said, start } from "./answers.ts";
import { withTemplate } from "./template.ts";

export interface Case {
  readonly by: string;
  readonly honest: boolean;
  /** The text is not that of the receipt. */
  readonly edited?: boolean;
  change?(said: Said): Said;
}

/** Cases of one engine, which is open while they are computed. */
export interface Cases {
  readonly cases: readonly Case[];
  open(): Promise<Engine>;
}

export interface Wishes {
  readonly model: string;
  /** Paths. */
  readonly others: readonly string[];
  readonly adapters: readonly string[];
  readonly templates: readonly string[];
  readonly threads: number;
}

/** One word in the middle is another. */
const edited = ({ answer, ...rest }: Said): Said => {
  const words = answer.split(" ");
  words[Math.floor(words.length / 2)] = "umbrella";
  return { ...rest, answer: words.join(" ") };
};
/** Every twentieth word is another. */
const often = ({ answer, ...rest }: Said): Said => ({
  ...rest,
  answer: answer
    .split(" ")
    .map((word, at) => (at % 20 === 10 ? "umbrella" : word))
    .join(" "),
});
const warmer = ({ sampling, ...rest }: Said): Said => ({
  ...rest,
  sampling: { ...sampling, temperature: sampling.temperature + 0.2 },
});
const otherPrompt = ({ messages, ...rest }: Said): Said => ({
  ...rest,
  messages: [{ role: "system", content: "You are a poet." }, ...messages.slice(1)],
});
const otherQuestion = ({ messages, ...rest }: Said): Said => ({
  ...rest,
  messages: [
    ...messages.slice(0, -1),
    { role: "user", content: `${messages.at(-1)?.content} Be brief.` },
  ],
});
const otherSeed = ({ sampling, extras: _, ...rest }: Said): Said => ({
  ...rest,
  ...{ extras: {}, sampling: { ...sampling, seed: (sampling.seed ?? 0) + 1000 } },
});

export function casesOf({ model, others, adapters, templates, threads }: Wishes): readonly Cases[] {
  const all = { threads, batchThreads: threads };
  const honest = (by: string) => [{ by, honest: true }];
  const other = (by: string, change?: Case["change"]) => ({
    by,
    honest: false,
    ...(change && { change }),
  });
  return [
    {
      open: () => start(model, all),
      cases: [
        ...honest("the same, as it was written"),
        other("temperature higher by 0.2", warmer),
        other("another system prompt", otherPrompt),
        other("two words more in the question", otherQuestion),
        other("another seed", otherSeed),
        { ...other("one word edited", edited), edited: true },
        { ...other("each twentieth word edited", often), edited: true },
      ],
    },
    {
      open: () => start(model, { batchTokens: 32, threads: 1, batchThreads: 1, slots: 1 }),
      cases: honest("the same, batches of 32, 1 thread, 1 slot"),
    },
    {
      open: () => start(model, { ...all, batchTokens: 64, slots: 2, flashAttention: false }),
      cases: honest("the same without flash attention"),
    },
    {
      open: () => start(model, { ...all, kvType: "q8_0" }),
      cases: [other("the same with a KV cache of 8 bits")],
    },
    ...others.map((path) => ({ open: () => start(path, all), cases: [other(basename(path))] })),
    ...adapters.map((path) => ({
      open: () => {
        const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
        return start(model, all, [{ id: "adapter", path, digest, scale: 1 }]);
      },
      cases: [
        other(`adapter ${basename(path)}`, ({ extras, ...rest }) => ({
          ...rest,
          extras: { ...extras, adapter: "adapter" },
        })),
      ],
    })),
    ...templates.map((path) => ({
      async open() {
        const folder = mkdtempSync(join(tmpdir(), "charla-template-"));
        try {
          const copy = join(folder, basename(model));
          await withTemplate(model, readFileSync(path, "utf8"), copy);
          return await start(copy, all);
        } finally {
          // It is mapped by then.
          rmSync(folder, { recursive: true });
        }
      },
      cases: [other(`template ${basename(path)}`)],
    })),
  ];
}
