/** Several rooms of one feature, opened as one. */
import type { Opened } from "../../core/feature.ts";

/** What a room may do; each list stands behind that of the room before. */
export type RoomOpened = Pick<
  Opened,
  "steps" | "routes" | "layers" | "every" | "jobs" | "facts" | "stop" | "tools"
>;

export function together(rooms: readonly RoomOpened[]): RoomOpened {
  return {
    steps: rooms.flatMap(({ steps = [] }) => steps),
    routes: rooms.flatMap(({ routes = [] }) => routes),
    layers: (route) => rooms.flatMap((room) => room.layers?.(route) ?? []),
    every: rooms.flatMap(({ every = [] }) => every),
    jobs: rooms.flatMap(({ jobs = [] }) => jobs),
    async tools(person) {
      return (await Promise.all(rooms.map((room) => room.tools?.(person) ?? []))).flat();
    },
    async stop() {
      for (const room of rooms) await room.stop?.();
    },
    facts: Object.assign({}, ...rooms.map(({ facts = {} }) => facts)),
  };
}
