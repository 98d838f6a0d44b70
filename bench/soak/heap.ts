/**
 * What a process does inside, by way of Node's inspector: its heap after all garbage was collected,
 * for resident memory does not tell, since V8 collects when it runs out of room and not before; and
 * for how long its event loop was held.
 */
import { quantile } from "../../src/core/statistics.ts";

export interface Inspector {
  /** Megabytes of 2^20 bytes in V8's heap and in buffers outside of it. */
  held(): Promise<number>;
  /** Begins to watch; what is returned ends it. */
  watchLoop(): Promise<() => Promise<LoopHeld>>;
  /** Begins a profile of the processor; what is returned ends it, as `.cpuprofile` has it. */
  profile(): Promise<() => Promise<string>>;
  close(): void;
}

/**
 * Processor time of the loop's thread from one tick of a timer to the next, in milliseconds: what it
 * was held by its own work, whatever else the machine did.
 */
export interface LoopHeld {
  readonly p99: number;
  readonly max: number;
}

// biome-ignore lint/suspicious/noExplicitAny: the replies of a protocol
type Reply = any;

const EVERY_MS = 10;
const WATCH = `
globalThis.soaked = [];
const spent = () => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1000; };
let last = spent();
globalThis.soaking = setInterval(() => {
  const now = spent();
  soaked.push(now - last);
  last = now;
}, ${EVERY_MS});`;
const SEEN = `clearInterval(soaking); JSON.stringify(soaked.sort((a, b) => a - b))`;

/** @param port of `--inspect` */
export async function inspect(port: number): Promise<Inspector> {
  const [target] = JSON.parse(await (await fetch(`http://127.0.0.1:${port}/json/list`)).text());
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  let last = 0;
  const call = (method: string, params: object = {}) =>
    new Promise<Reply>((resolve) => {
      const id = ++last;
      const hear = ({ data }: MessageEvent) => {
        const said = JSON.parse(String(data));
        if (said.id !== id) return;
        socket.removeEventListener("message", hear);
        resolve(said.result);
      };
      socket.addEventListener("message", hear);
      socket.send(JSON.stringify({ id, method, params }));
    });
  return {
    async held() {
      // What the first collection lets go of, weak references above all, the second one takes.
      for (let times = 0; times < 2; times++) await call("HeapProfiler.collectGarbage");
      const { usedSize = 0, backingStorageSize = 0 } = await call("Runtime.getHeapUsage");
      return (usedSize + backingStorageSize) / 2 ** 20;
    },
    async watchLoop() {
      await call("Runtime.evaluate", { expression: `{${WATCH}}` });
      return async () => {
        const { result } = await call("Runtime.evaluate", { expression: SEEN });
        const held: number[] = JSON.parse(result.value);
        return { p99: quantile(held, 0.99), max: held.at(-1) ?? Number.NaN };
      };
    },
    async profile() {
      await call("Profiler.enable");
      await call("Profiler.start");
      return async () => JSON.stringify((await call("Profiler.stop")).profile);
    },
    close: () => socket.close(),
  };
}
