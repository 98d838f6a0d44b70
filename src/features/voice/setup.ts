/** The parts over HTTP: what is there, to be fetched, and to be removed. */
import * as z from "zod";
import { whoAsks } from "../../core/access.ts";
import type { House } from "../../core/feature.ts";
import type { JobKind } from "../../core/jobs.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { partUnknown } from "./errors.ts";
import { PARTS, type Part, type PartId, partOf, USUAL, withNeeds } from "./shelf/parts.ts";
import type { Shelf } from "./shelf/store.ts";
import type { Speech } from "./speech.ts";

const input = z.strictObject({ parts: z.array(z.string()) });
export type FetchKind = JobKind<z.output<typeof input>>;

export interface SetupOptions {
  readonly shelf: Shelf;
  readonly speech: Speech;
  readonly jobs: House["jobs"];
  /** Called when other parts are there than before. */
  changed(): Promise<void>;
}

export function setupOf({ shelf, speech, jobs, changed }: SetupOptions) {
  const fetching: FetchKind = {
    ...{ name: "voice.parts", lane: "net", unit: "bytes", input },
    label: { en: "Download for voice", es: "Descarga para la voz" },
    title: ({ parts }) =>
      named(parts)
        .map(({ name }) => name)
        .join(", "),
    same: () => "voice",
    async run({ input: { parts }, signal, progress }) {
      await fetchAll(shelf, named(parts), signal, progress, changed);
    },
  };
  const state = async (): Promise<api.Voice> => {
    const [job] = jobs.underWay(fetching);
    const found = job && (await jobs.one(job.owner, job.id));
    const present = await shelf.present();
    const coming = new Set<string>(job?.input.parts);
    const parts = PARTS.map(
      ({ id, name, kind, languages, licence, bytes }): api.VoicePart => ({
        ...{ id, name, kind, languages: [...languages], licence, bytes },
        state: present.some((one) => one.id === id)
          ? "ready"
          : coming.has(id)
            ? "fetching"
            : "absent",
        usual: USUAL.includes(id),
      }),
    );
    const { done = null, total = null } = found ?? {};
    return { parts, ...(await speech.languages()), done: job ? (done ?? 0) : null, total };
  };
  const path = "/api/voice";
  const routes: readonly Route[] = [
    route({
      ...{ method: "get", path, reply: api.voice, handle: state },
      summary: "Tells which languages are understood and spoken here, and what that takes.",
    }),
    route({
      ...{ method: "post", path, access: "administrator", body: api.fetchBody, reply: api.voice },
      summary: "Downloads what hears and speaks.",
      async handle({ body }) {
        const parts = withNeeds(idsOf(body.parts));
        await jobs.begin(fetching, whoAsks().id, { parts: [...parts] });
        return state();
      },
    }),
    route({
      ...{ method: "delete", path, access: "administrator", query: api.removeQuery },
      ...{ reply: api.voice },
      summary: "Ends the download, or deletes what was downloaded.",
      async handle({ query }) {
        const running = jobs.underWay(fetching);
        const all = running.length > 0 ? [] : PARTS;
        const parts = query.part === undefined ? all : named(idsOf([query.part]));
        for (const { owner, id } of running) await jobs.cancel(owner, id);
        for (const part of parts) await shelf.remove(part);
        await changed();
        return state();
      },
    }),
  ];
  return { routes, jobs: [fetching] };
}

const named = (ids: readonly string[]): readonly Part[] => ids.flatMap((id) => partOf(id) ?? []);

/** @throws CharlaError `voice_part_unknown` */
export function idsOf(names: readonly string[] = USUAL): readonly PartId[] {
  return names.map((name) => partOf(name)?.id ?? fail(name));
}
const fail = (name: string): never => {
  throw partUnknown(name);
};

/**
 * One after the other; what is there is left out. One that cannot be had keeps none of the others away,
 * and is said at the end.
 */
export async function fetchAll(
  shelf: Shelf,
  parts: readonly Part[],
  signal: AbortSignal,
  progress: (done: number, total: number) => void,
  changed: () => Promise<void> = async () => {},
): Promise<void> {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  let failed: unknown;
  for (const part of parts) {
    const tell = (bytes: number) => progress(Math.min(total, before + bytes), total);
    tell(0);
    try {
      await shelf.fetch(part, signal, tell);
      await changed();
    } catch (thrown) {
      signal.throwIfAborted();
      failed ??= thrown;
    }
    before += part.bytes;
  }
  progress(total, total);
  if (failed) throw failed;
}
