/** Fetches what a proof needs, and has a worker make it. */
import type { MembershipFile } from "../../../../src/features/provenance/membership/file.ts";
import type { Task } from "../../../../src/features/provenance/membership/make.ts";
import type { Statement } from "../../../../src/features/provenance/membership/statement.ts";
import { request } from "../../chat/problem.ts";
import { sendJson } from "../../ui/json.ts";
import { trusted } from "../../ui/trusted.ts";
import { bytesOf } from "./along.ts";
import type { Told } from "./prove.worker.ts";
import workerUrl from "./prove.worker.ts?worker&url";
import { type Secret, unprovable } from "./secret.ts";

const BASE = "/api/provenance";

/**
 * @param onDone told how far it is, 0 to 1; undefined while the parts are fetched
 * @throws failure `membership_group_small`, `membership_parts_missing`, ...; the signal's reason
 */
export async function prove(
  { master, count }: Secret,
  statement: Statement,
  onDone: (share: number | undefined) => void,
  signal: AbortSignal,
): Promise<MembershipFile> {
  onDone(undefined);
  type Named = MembershipFile["group"];
  const named = await sendJson<Named>("POST", `${BASE}/groups`, undefined, signal);
  const { entry, index, proof, checkpoint, key, anchor } = named;
  const fetched = (path: string) =>
    request(`${BASE}/${path}`, { signal }).then(
      async (response) => new Uint8Array(await response.arrayBuffer()),
    );
  const [leaves, wasm, zkey] = await Promise.all([
    fetched(`groups/${index}/leaves`),
    fetched("membership/semaphore-20.wasm"),
    fetched("membership/semaphore-20.zkey"),
  ]);
  const group = { entry, index, proof, checkpoint, key, ...(anchor && { anchor }) };
  const task: Task = { master: bytesOf(master), count, statement, group, leaves, wasm, zkey };
  return inWorker(task, onDone, signal);
}

function inWorker(
  task: Task,
  onDone: (share: number) => void,
  signal: AbortSignal,
): Promise<MembershipFile> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<MembershipFile>();
  const worker = new Worker(trusted(workerUrl), { type: "module" });
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  worker.onerror = () => reject(unprovable("failed"));
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    if ("share" in data) onDone(data.share);
    else if ("file" in data) resolve(data.file);
    else reject(unprovable(data.reason));
  };
  worker.postMessage(task);
  return promise.finally(() => worker.terminate());
}
