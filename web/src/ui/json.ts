/** `request()` for JSON in and out. */
import { request } from "../chat/problem.ts";

export async function getJson<Reply>(path: string, signal?: AbortSignal): Promise<Reply> {
  return (await request(path, { signal: signal ?? null })).json() as Promise<Reply>;
}

export async function sendJson<Reply>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const response = await request(path, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  });
  return (response.status === 204 ? undefined : await response.json()) as Reply;
}
