/**
 * What a process holds on to: its heap after all garbage was collected, by way of Node's inspector.
 * Resident memory does not tell, since V8 collects when it runs out of room and not before.
 */
export interface Inspector {
  /** Megabytes of 2^20 bytes in V8's heap and in buffers outside of it. */
  held(): Promise<number>;
  close(): void;
}

/** @param port of `--inspect` */
export async function inspect(port: number): Promise<Inspector> {
  const [target] = JSON.parse(await (await fetch(`http://127.0.0.1:${port}/json/list`)).text());
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  let last = 0;
  const call = (method: string) =>
    new Promise<Record<string, number>>((resolve) => {
      const id = ++last;
      const hear = ({ data }: MessageEvent) => {
        const said = JSON.parse(String(data));
        if (said.id !== id) return;
        socket.removeEventListener("message", hear);
        resolve(said.result);
      };
      socket.addEventListener("message", hear);
      socket.send(JSON.stringify({ id, method }));
    });
  return {
    async held() {
      // What the first collection lets go of, weak references above all, the second one takes.
      for (let times = 0; times < 2; times++) await call("HeapProfiler.collectGarbage");
      const { usedSize = 0, backingStorageSize = 0 } = await call("Runtime.getHeapUsage");
      return (usedSize + backingStorageSize) / 2 ** 20;
    },
    close: () => socket.close(),
  };
}
