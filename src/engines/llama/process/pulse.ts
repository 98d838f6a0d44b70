/**
 * The heartbeat of the model process, from a thread of its own: however busy the event loop is, it
 * says every second that the process lives, and for how long the loop has not come round. It goes
 * through a pipe, since the IPC channel is the event loop's.
 */
import { Worker } from "node:worker_threads";

/** Number of the pipe's file in the model process. */
export const PULSE_FD = 4;
/** How often a loop that is well comes round, in milliseconds; there is a beat every second. */
const TICK_MS = 200;

/** Plain JavaScript, so that the thread is there at once and takes little memory. */
const THREAD = `
const { writeSync } = require("node:fs");
const { ticks, fd } = require("node:worker_threads").workerData;
const BEAT_MS = 1000;
let [seen, silentMs] = [-1, 0];
setInterval(() => {
  const now = Atomics.load(ticks, 0);
  // In beats and not on the clock: a process that was stopped is not to blame.
  silentMs = now === seen ? silentMs + BEAT_MS : 0;
  seen = now;
  try {
    writeSync(fd, silentMs + "\\n");
  } catch {
    // The server is gone or does not read; the process ends with its channel.
  }
}, BEAT_MS);
`;

export function startPulse(): void {
  const ticks = new Int32Array(new SharedArrayBuffer(4));
  setInterval(() => Atomics.add(ticks, 0, 1), TICK_MS).unref();
  const thread = new Worker(THREAD, { eval: true, workerData: { ticks, fd: PULSE_FD } });
  thread.unref();
  // Without it only what the loop says counts.
  thread.on("error", (thrown) => console.error("the model process has no pulse", thrown));
}
