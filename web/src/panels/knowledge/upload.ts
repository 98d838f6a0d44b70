/** A file on its way to the server; `fetch` does not tell how far it is. */
import type { KnownFile } from "../../../../src/features/knowledge/api.ts";
import { failure } from "../../chat/problem.ts";

export function upload(
  source: Blob,
  name: string,
  signal: AbortSignal,
  progress: (sent: number) => void,
  keep = false,
): Promise<KnownFile> {
  const query = new URLSearchParams({ name: name.slice(0, 300), ...(keep && { keep: "true" }) });
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/files?${query}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.responseType = "text";
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () => {
      if (request.status === 200) return resolve(JSON.parse(request.responseText));
      reject(failure(JSON.parse(request.responseText).error));
    };
    request.onerror = () => reject(new TypeError("the server cannot be reached"));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(source);
  });
}
