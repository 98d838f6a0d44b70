/** A page of the web, as text: asked for by the one way to addresses that somebody else has chosen. */
import { CharlaError } from "../../../core/errors.ts";
import type { Reach } from "../reach.ts";

/** Of a page, before it is read. */
const MAX_BYTES = 4 * 2 ** 20;
const REDIRECTS = 5;

/** @param most characters */
export async function readPage(
  reach: Reach,
  address: string,
  most: number,
  signal: AbortSignal,
): Promise<string> {
  const headers = {
    accept: "text/html, text/plain;q=0.9, */*;q=0.1",
    "accept-encoding": "identity",
  };
  const response = await reach(
    address,
    { headers, signal },
    { redirects: REDIRECTS, maxBytes: MAX_BYTES },
  );
  const type = response.headers.get("content-type") ?? "text/html";
  if (!response.ok) {
    await response.body?.cancel();
    throw refused(address, `HTTP ${response.status}`);
  }
  if (!/^(text\/|application\/(json|xml|xhtml\+xml|[\w.+-]+\+(json|xml)))/i.test(type)) {
    await response.body?.cancel();
    throw refused(address, type.slice(0, 60));
  }
  const source = decoded(new Uint8Array(await response.arrayBuffer()), type);
  if (!/html/i.test(type)) return source.slice(0, most);
  const { readable } = await import("./readable.ts");
  const { title, text } = readable(source, most);
  return [title && `Title: ${title}`, text || "(The page holds no text.)"]
    .filter(Boolean)
    .join("\n\n");
}

function decoded(bytes: Uint8Array, type: string): string {
  const named = /charset=["']?([\w-]+)/i.exec(type)?.[1];
  const inside = /<meta[^>]+charset=["']?([\w-]+)/i.exec(
    Buffer.from(bytes.subarray(0, 2048)).toString("latin1"),
  )?.[1];
  for (const label of [named, inside]) {
    try {
      if (label !== undefined) return new TextDecoder(label).decode(bytes);
    } catch {
      // Nobody knows an encoding of this name.
    }
  }
  return new TextDecoder().decode(bytes);
}

function refused(address: string, reason: string): CharlaError {
  return new CharlaError("page_unreadable", {
    status: 502,
    message: "The page {address} cannot be read ({reason}).",
    hint: "Open it yourself, or ask for another one.",
    params: { address: address.slice(0, 200), reason },
    retryable: false,
  });
}
