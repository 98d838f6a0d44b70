/** People who ask all the time, each at one of several Charlas, and what became of each question. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "../../fixtures/browser.ts";
import { at, type One } from "./replicas.ts";

export interface Acknowledged {
  readonly conversation: string;
  readonly question: string;
  readonly answer: string;
}

/** Between an answer and the next question. */
const READING_MS = 100;

export class Load {
  readonly acknowledged: Acknowledged[] = [];
  /** Codes of errors; "network" where the connection was cut or refused. */
  readonly failed: string[] = [];
  #going = true;
  #turn = 0;
  readonly #people: Promise<void>[] = [];
  /** Of each of them, how many questions. */
  readonly #answered: number[] = [];

  /** @param places where they ask; those that are killed stay in it */
  constructor(browser: Browser, places: readonly One[], people: number) {
    for (let person = 0; person < people; person += 1) {
      const place = places[person % places.length] as One;
      this.#answered.push(0);
      this.#people.push(this.#ask(at(place, browser), person));
    }
  }

  async #ask(browser: Browser, person: number): Promise<void> {
    while (this.#going) {
      const question = `question ${this.#turn++}`;
      try {
        const made = await browser.call("POST", "/api/conversations", {});
        if (made.status !== 200) throw made.body.error.code;
        const path = `/api/conversations/${made.body.id}/turns`;
        const asked = await browser.call("POST", path, { content: question, parentId: null });
        if (asked.status !== 200) throw asked.body.error.code;
        const { answer } = asked.body;
        this.acknowledged.push({ conversation: made.body.id, question, answer: answer.id });
        this.#answered[person] = (this.#answered[person] ?? 0) + 1;
        await sleep(READING_MS);
      } catch (thrown) {
        this.failed.push(typeof thrown === "string" ? thrown : "network");
        await sleep(50);
      }
    }
  }

  /** Waits until so many more were acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged.length + count;
    while (this.acknowledged.length < wanted) await sleep(20);
  }

  /** Waits until each of them has been answered once more. */
  async everybody(): Promise<void> {
    const before = [...this.#answered];
    while (this.#answered.some((count, person) => count === before[person])) await sleep(20);
  }

  async stop(): Promise<void> {
    this.#going = false;
    await Promise.all(this.#people);
  }
}
