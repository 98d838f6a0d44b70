/** What a route says whose body or reply is larger than others', or no JSON: `bodies.ts` and the app go by it. */
import type * as z from "zod";

declare module "./route.ts" {
  interface Route {
    /** Largest body in bytes, if not a megabyte. */
    readonly maxBytes?: number;
    /** Its JSON is compressed where the client takes that: never where it has a secret in it. */
    readonly compressed?: true;
    /** Documents a body that `handle` reads and checks by itself, piece by piece. */
    readonly takes?: z.ZodType;
    /** Documents the media types of a reply that is not, or not always, JSON. */
    readonly gives?: readonly string[];
  }
}
