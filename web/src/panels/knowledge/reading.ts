/** Which place of which file is being read over the page. */
import type {
  Cited,
  FileList,
  KnownFile,
  SectionReply,
} from "../../../../src/features/knowledge/api.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { getJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";

export interface Reading {
  readonly file: string;
  readonly name: string;
  /** The passage that was asked for. */
  readonly cited: Cited | null;
  /** All of them, to go from one to the next. */
  readonly all: readonly Cited[];
  readonly section: SectionReply | null;
  readonly problem: Problem | null;
}

export const reading = createStore<{ readonly now: Reading | null }>({ now: null });

export const close = () => reading.set({ now: null });

/** Shows a passage in its place. */
export async function read(cited: Cited, parts: readonly object[] = []): Promise<void> {
  const all = parts.filter((part): part is Cited => "n" in part && "section" in part);
  const name = cited.source;
  await show({ file: cited.file, name, cited, all, section: null, problem: null }, cited.section);
}

/** Shows a file from its beginning. @param digest of its bytes, or its own id */
export const readWhole = (digest: string) =>
  desk.attempt(async () => {
    const { files } = await getJson<FileList>("/api/files");
    const file = files.find((one) => one.digest === digest || one.id === digest);
    const rest = { cited: null, all: [], section: null, problem: null };
    await show({ file: file?.id ?? "none", name: file?.name ?? "", ...rest }, 0);
  });

export async function readFile({ id, name }: KnownFile): Promise<void> {
  await show({ file: id, name, cited: null, all: [], section: null, problem: null }, 0);
}

export async function turnTo(at: number): Promise<void> {
  const { now } = reading.get();
  if (now) await show(now, at);
}

async function show(next: Reading, at: number): Promise<void> {
  reading.set({ now: { ...next, problem: null } });
  const still = () => reading.get().now?.file === next.file;
  try {
    const path = `/api/files/${encodeURIComponent(next.file)}/sections?at=${at}`;
    const section = await getJson<SectionReply>(path);
    if (still()) reading.set({ now: { ...next, name: section.file.name, section } });
  } catch (thrown) {
    if (still()) reading.set({ now: { ...next, problem: toProblem(thrown) } });
  }
}
