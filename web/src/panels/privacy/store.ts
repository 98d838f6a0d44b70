/** What the privacy room asks of the server. */
import type { Invitation, Person } from "../../../../src/features/accounts/api.ts";
import type { Entry, Verdict } from "../../../../src/features/audit/api.ts";
import type { Report, Rules } from "../../../../src/features/rights/api.ts";
import { language } from "../../chat/language.ts";
import { request } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { getJson, sendJson } from "../../ui/json.ts";

export type { Entry, Report, Rules, Verdict };

export const readRules = () => getJson<Rules>("/api/rights");

export const erase = (confirm: string) =>
  sendJson<Report>("POST", "/api/rights/erase", { confirm });

export const verify = () => getJson<Verdict>("/api/audit/verify");

/** What the log is narrowed to. */
export interface Filter {
  readonly actor?: string;
  readonly act?: string;
  readonly subject?: string;
}

export function readActs(filter: Filter, before: number | null) {
  const query = new URLSearchParams({ limit: "20", ...filter });
  if (before !== null) query.set("before", String(before));
  return getJson<{ items: readonly Entry[]; nextBefore: number | null }>(`/api/audit?${query}`);
}

/** Who is known by an id: those who have an account now, whom an open invitation is for, and Charla itself. */
export async function readNames(): Promise<ReadonlyMap<string, string>> {
  const names = new Map([["system", "Charla"]]);
  if (!desk.has("accounts")) return names;
  // Without accounts there is nobody to name; and the log is read all the same.
  const items = <Item>(path: string) =>
    getJson<{ items: readonly Item[] }>(path).then(
      (reply) => reply.items,
      () => [],
    );
  const [people, invited] = await Promise.all([
    items<Person>("/api/auth/people"),
    items<Invitation>("/api/auth/invitations"),
  ]);
  for (const { id, email } of invited) names.set(id, email);
  for (const { id, name } of people) names.set(id, name);
  return names;
}

/**
 * Fetches the archive and has the browser save it.
 *
 * @param onBytes told how many have come
 */
export async function download(
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const response = await request("/api/rights/export", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ language: language() }),
    signal,
  });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    bytes += part.length;
    onBytes(bytes);
  }
  const [, name = "charla.zip"] =
    /filename="([\w.-]+)"/.exec(response.headers.get("content-disposition") ?? "") ?? [];
  save(new Blob(parts, { type: "application/zip" }), name);
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken it over by the next task.
  setTimeout(() => URL.revokeObjectURL(link.href));
}
