/**
 * What this browser keeps between visits. Storage may be denied (no cookies) or full: then what is
 * remembered lasts as long as the page, in the memory of whoever asked for it.
 */

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param text null to forget */
export function remember(key: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // A preference or a draft; the page works on without it.
  }
}
