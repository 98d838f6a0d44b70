/**
 * What the browser keeps between visits, and a tab as long as it is open. Storage may be denied (no
 * cookies) or full: then what is remembered lasts as long as the page, in the memory of whoever asked
 * for it.
 */

const kept = (area: () => Storage) => ({
  recall(key: string): string | null {
    try {
      return area().getItem(key);
    } catch {
      return null;
    }
  },
  /** @param text null to forget */
  remember(key: string, text: string | null): void {
    try {
      if (text === null) area().removeItem(key);
      else area().setItem(key, text);
    } catch {
      // A preference or a draft; the page works on without it.
    }
  },
  /** Forgets all keys that begin so, but for those that begin with `except`. */
  forget(prefix: string, except?: string): void {
    try {
      for (const key of Object.keys(area())) {
        const stays = except !== undefined && key.startsWith(except);
        if (key.startsWith(prefix) && !stays) area().removeItem(key);
      }
    } catch {
      // Then nothing was kept.
    }
  },
});

export const browser = kept(() => localStorage);
export const tab = kept(() => sessionStorage);
