/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "thought.briefly": "Thought for a moment",
  "thought.cut": "Thought",
  "thought.minutes": "Thought for {m} min {s} s",
  "thought.running": "Thinking…",
  "thought.seconds": "Thought for {s} s",
};

export const es: typeof en = {
  "thought.briefly": "Ha pensado un momento",
  "thought.cut": "Lo que ha pensado",
  "thought.minutes": "Ha pensado {m} min {s} s",
  "thought.running": "Pensando…",
  "thought.seconds": "Ha pensado {s} s",
};

export const t = words(en, es);
