/** What this browser can do of it. */

export const canKeepFiles = (): boolean =>
  typeof navigator.storage?.getDirectory === "function" && "serviceWorker" in navigator;

/** The engine addresses its memory by 64 bits, which Safari cannot yet. */
export function canCompute(): boolean {
  try {
    // The types do not know the address yet.
    const wide = {
      address: "i64",
      initial: 1n,
      maximum: 1n,
    } as unknown as WebAssembly.MemoryDescriptor;
    return new WebAssembly.Memory(wide) !== undefined;
  } catch {
    return false;
  }
}
