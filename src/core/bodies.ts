/**
 * What JSON may cost before it is parsed: a megabyte of brackets or of names that are all different
 * takes half a second, in which nobody else is served, and a hundred times as much memory as it has
 * bytes. So its bytes are looked at first, which takes some milliseconds for each megabyte.
 */
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { CharlaError } from "./errors.ts";
import { tooLarge } from "./http.ts";
import "./large.ts";
import type { Route } from "./route.ts";
import { utf8 } from "./utf8.ts";

const MAX_BYTES = 2 ** 20;

export interface Bounds {
  /** Arrays and objects within each other. */
  readonly depth: number;
  /** Values of arrays and objects, all together. */
  readonly values: number;
  /** Names in objects, all together. */
  readonly names: number;
}

const BODY_BOUNDS: Bounds = { depth: 100, values: 250_000, names: 32_768 };

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_ARRAY, OPEN_OBJECT, CLOSE_ARRAY, CLOSE_OBJECT] = [0x5b, 0x7b, 0x5d, 0x7d];

/** Walks over the bytes of JSON and counts; what is no JSON is left to whoever parses it. */
export class JsonWalk {
  readonly #bounds: Bounds;
  #values = 0;
  #names = 0;
  #escaped = false;
  depth = 0;
  inString = false;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** @throws CharlaError `json_too_complex` */
  take(byte: number): void {
    if (this.inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.inString = false;
      return;
    }
    if (byte === QUOTE) this.inString = true;
    else if (byte === COMMA) this.#values += 1;
    else if (byte === COLON) this.#names += 1;
    else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) this.depth -= 1;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      this.depth += 1;
      this.#values += 1;
    } else return;
    const { depth, values, names } = this.#bounds;
    if (this.depth > depth || this.#values > values || this.#names > names) {
      throw tooComplex(this.#bounds);
    }
  }

  /** Begins to count again. */
  forget(): void {
    this.#values = this.#names = 0;
  }
}

/** Bytes that are parsed in no time, whatever they are. */
const SHORT = 16_384;

/** Around a route's handler: what its body may be. @throws CharlaError `json_too_complex` */
export function bounded({ body, maxBytes: maxSize = MAX_BYTES }: Route): MiddlewareHandler {
  const limit = bodyLimit({ maxSize, onError: tooLarge });
  return (c, next) => {
    const look = async () => {
      // Hono keeps the bytes for the handler.
      const bytes = new Uint8Array(body ? await c.req.arrayBuffer() : []);
      utf8(bytes);
      if (bytes.length > SHORT) {
        const walk = new JsonWalk(BODY_BOUNDS);
        // By number: an iterator takes five times as long.
        for (let at = 0; at < bytes.length; at++) walk.take(bytes[at] ?? 0);
      }
      await next();
    };
    // Hono's own makes a whole request of the web's to see whether there is a body.
    const { headers } = c.req.raw;
    const length = headers.get("content-length");
    if (length === null || headers.has("transfer-encoding")) return limit(c, look);
    return Number(length) > maxSize ? tooLarge() : look();
  };
}

function tooComplex({ depth, values }: Bounds): CharlaError {
  return new CharlaError("json_too_complex", {
    status: 400,
    param: "body",
    message: "The JSON of the request is nested deeper than {depth} levels or has too many values.",
    hint: "Send fewer values at once: at most {values}, and far fewer names.",
    params: { depth, values },
  });
}
