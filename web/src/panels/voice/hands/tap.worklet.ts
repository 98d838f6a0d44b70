/** Gives the page the samples that a microphone hears, beside it, so that none is lost while the page is busy. */

/** The scope of a worklet is not in TypeScript's library. Source: Web Audio API 1.1, 1.32. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Of one message: 20 ms or so. */
const SAMPLES = 1024;

class Tap extends AudioWorkletProcessor {
  #piece = new Float32Array(SAMPLES);
  #at = 0;

  /** @param inputs by input and channel */
  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    for (const sample of inputs[0]?.[0] ?? []) {
      this.#piece[this.#at++] = sample;
      if (this.#at < SAMPLES) continue;
      this.port.postMessage(this.#piece, [this.#piece.buffer]);
      this.#piece = new Float32Array(SAMPLES);
      this.#at = 0;
    }
    return true;
  }
}
registerProcessor("tap", Tap);
