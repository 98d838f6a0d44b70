/**
 * Asks the process every second how it is. One that beats and does not answer is busy; one that is
 * silent altogether is dead or stopped. Silence is counted in beats and not on the clock, so that
 * a machine which sleeps, or a server that was stopped itself, blames nobody when it wakes up.
 */
import type { Vitals } from "../process/protocol.ts";
import type { Channel } from "./channel.ts";

const BEAT_MS = 1000;

/** The first batch may take so many times longer: a large model reads 128 tokens for minutes. */
const BATCH_PATIENCE = 30;
/**
 * A later one may take so many times as long as the longest before it, which was as large as any or
 * nearly: more would be no work, unless the weights have to come from the disk again.
 */
const BATCH_GROWTH = 10;
/** And no less than so many times the patience, lest a busy machine counts as hung. */
const BATCH_LEAST = 2;
/**
 * An event loop that does not come round is busy for so many times the patience, and hung after it:
 * whatever it computes for anybody is in slices of milliseconds.
 */
const LOOP_PATIENCE = 6;

/**
 * Kills a process that has said nothing for so long, or whose library does not come back from a
 * batch.
 *
 * @param patienceMs asked at every beat, since a process that loads may be silent for longer
 */
export function watch(
  channel: Pick<Channel, "heard" | "beats" | "busyMs" | "kill" | "one" | "gone">,
  patienceMs: () => number,
  onVitals: (vitals: Vitals) => void,
): void {
  let [heard, beats, silentMs, busyMs, asked] = [-1, -1, 0, 0, false];
  const beat = setInterval(() => {
    const busy = channel.beats !== beats && channel.busyMs > 0;
    beats = channel.beats;
    if (channel.heard !== heard) [silentMs, busyMs] = [0, 0];
    else if (busy) busyMs += BEAT_MS;
    else silentMs += BEAT_MS;
    heard = channel.heard;
    if (silentMs >= patienceMs()) channel.kill(`silent for ${silentMs / 1000} s`);
    if (busyMs >= LOOP_PATIENCE * patienceMs()) channel.kill(`busy for ${busyMs / 1000} s`);
    if (asked) return;
    asked = true;
    // A process that ends here is seen by whoever waits for `gone`.
    const answered = channel.one("ping", {}).then(
      (vitals) => {
        if (vitals.batchMs > mostBatchMs(vitals, patienceMs()))
          channel.kill(`a batch took more than ${vitals.batchMs / 1000} s`);
        onVitals(vitals);
      },
      () => {},
    );
    void answered.then(() => {
      asked = false;
    });
  }, BEAT_MS);
  void channel.gone.then(() => clearInterval(beat));
}

/** How long the batch under way may take, in milliseconds. */
export function mostBatchMs(
  { longestBatchMs }: Pick<Vitals, "longestBatchMs">,
  patienceMs: number,
): number {
  const unknown = BATCH_PATIENCE * patienceMs;
  if (longestBatchMs === 0) return unknown;
  return Math.min(unknown, Math.max(BATCH_LEAST * patienceMs, BATCH_GROWTH * longestBatchMs));
}
