/** One line of progress: drawn over itself in a terminal, and a line every tenth elsewhere. */

export interface ProgressLine {
  /** @param bytesPerSecond null when not known */
  show(label: string, done: number, total: number, bytesPerSecond: number | null): void;
  /** Takes the line away, so that something else can be written. */
  clear(): void;
}

const BAR = 24;

/** @param amount what is counted: bytes, if nothing else is said */
export function progressLine(
  stream: NodeJS.WriteStream,
  amount = (done: number, total: number) => `${megabytes(done)}/${megabytes(total)} MB`,
): ProgressLine {
  let shown = "";
  let drawn = false;
  return {
    show(label, done, total, bytesPerSecond) {
      const share = total > 0 ? Math.min(1, done / total) : 0;
      const amounts = amount(done, total);
      if (!stream.isTTY) {
        const line = `${label} ${Math.floor(share * 10) * 10} %`;
        if (line !== shown) stream.write(`${line} (${amounts})\n`);
        shown = line;
        return;
      }
      const bar = "#".repeat(Math.round(share * BAR)).padEnd(BAR, ".");
      const speed = bytesPerSecond === null ? "" : `, ${megabytes(bytesPerSecond)} MB/s`;
      const line = `${label} [${bar}] ${Math.floor(share * 100)} % (${amounts}${speed})`;
      stream.write(`\r\x1b[K${line.slice(0, (stream.columns || 80) - 1)}`);
      drawn = true;
    },
    clear() {
      if (drawn) stream.write("\r\x1b[K");
      drawn = false;
    },
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
