/** A speed that follows what was measured lately. */

/** Weight of the newest measurement. */
const NEWEST = 0.2;

export class Speed {
  /** Tokens a second; 0 before anything was measured. */
  perSecond = 0;

  add(tokens: number, milliseconds: number): void {
    const now = (tokens / Math.max(milliseconds, 0.001)) * 1000;
    this.perSecond = this.perSecond === 0 ? now : this.perSecond * (1 - NEWEST) + now * NEWEST;
  }
}
