/**
 * Requests of every kind, made around what `/openapi.json` says of a route: mostly such that they
 * get through to it, and in every part now and then something that no client of ours would send.
 */
import fc from "fast-check";
import { type Json, near, word } from "../core/fuzz.ts";

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { name: string; in: string; schema: Json }[];
  /** JSON schema of the body; absent where none is taken. */
  readonly body: Json;
}

export interface Wire {
  readonly method: string;
  /** Path and query, as they go over the line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  /** The client leaves in the middle of its body. */
  readonly cut: boolean;
}

export function operations(reference: Json): Operation[] {
  return Object.entries<Json>(reference.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, { parameters = [], requestBody }]) => {
      const body = requestBody?.content["application/json"]?.schema;
      return { method: method.toUpperCase(), path, parameters, body };
    }),
  );
}

/** @param ids of things that exist, to be met in addresses and bodies now and then */
export function requests(operation: Operation, ids: readonly string[]): fc.Arbitrary<Wire> {
  const id = fc.constantFrom(...ids);
  const { method, path, parameters, body } = operation;
  const queries = parameters.filter((one) => one.in === "query");
  const names = queries.map(({ name }) => name);
  const value = fc.oneof(
    ...queries.map(({ schema }) => near(schema, id).map((one) => `${one}`)),
    fc.oneof(id, word),
  );
  const query = fc.array(fc.tuple(names.length > 0 ? mostly(names, word) : word, value), {
    maxLength: 3,
  });
  const sent = bodies(body === undefined ? fc.jsonValue() : near(body, id));
  return fc.record({
    method: fc.oneof(often(fc.constant(method), 14), seldom(fc.constantFrom(...METHODS))),
    target: fc
      .tuple(fc.array(segment(id), { minLength: 3, maxLength: 3 }), query)
      .map(([words, asked]) => targetOf(path, words, asked)),
    headers: fc.oneof(often(fc.constant({}), 3), seldom(headers)),
    body: fc.oneof(
      often(body === undefined ? fc.constant(null) : sent, 9),
      seldom(body === undefined ? sent : fc.constant(null)),
    ),
    cut: fc.oneof(often(fc.constant(false), 40), seldom(fc.constant(true))),
  });
}

const often = <T>(arbitrary: fc.Arbitrary<T>, weight: number) => ({ weight, arbitrary });
const seldom = <T>(arbitrary: fc.Arbitrary<T>) => often(arbitrary, 1);
const mostly = (names: readonly string[], other: fc.Arbitrary<string>) =>
  fc.oneof(often(fc.constantFrom(...names), 4), seldom(other));

const METHODS = [
  ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
  ...["TRACE", "PROPFIND", "PURGE", "QUERY"],
];

/** What stands in an address in place of an id, as it goes over the line. */
const segment = (id: fc.Arbitrary<string>) =>
  fc.oneof(
    often(id, 8),
    often(
      word.map((one) => encodeURIComponent(one.toWellFormed())),
      3,
    ),
    often(
      fc.constantFrom(
        ...["%", "%zz", "%ff", "%c0%af", "%ed%a0%80", "%00", "%0d%0a", "..%2f..%2f", "%2e%2e"],
        ...["..", ".", "", "\\", "|", "a".repeat(3000), "%25".repeat(500), ";", "*", "a:b"],
      ),
      3,
    ),
  );

function targetOf(path: string, words: readonly string[], asked: readonly [string, string][]) {
  let next = 0;
  const where = path.replace(/\{\w+\}/g, () => words[next++ % words.length] ?? "");
  const query = asked.map((pair) => pair.map((one) => encodeURIComponent(one.toWellFormed())));
  return query.length > 0 ? `${where}?${query.map((pair) => pair.join("=")).join("&")}` : where;
}

const headers = fc.record(
  {
    "content-type": fc.constantFrom(
      ...["application/json", "text/plain", "application/json; charset=utf-16", "", 'a/b/c; ="'],
      ...["multipart/form-data", "application/x-www-form-urlencoded", "\xff"],
    ),
    "content-encoding": fc.constantFrom("gzip", "br", "x, y"),
    accept: fc.constantFrom("text/event-stream", "*/*;q=0", "application/xml", ","),
    "accept-language": fc.constantFrom("es", "*", "xx-!", "a".repeat(2000), "es;q=NaN,,;"),
    "accept-encoding": fc.constantFrom("gzip", "*;q=0", "identity;q=0, br"),
    host: fc.constantFrom(
      ...["evil.example", "localhost:99999", "[::1", "local host", "localhost@evil.example", "a/b"],
      ...["LOCALHOST", "localhost.", "127.1", "é", "localhost:", "localhost:080", "%6c"],
    ),
    origin: fc.constantFrom("null", "https://evil.example", "file://", "\xff", "http://["),
    "sec-fetch-site": fc.constantFrom("cross-site", "same-site", "none", "x"),
    "x-forwarded-for": fc.constantFrom("1.2.3.4", "::ffff:1", "x, y, z", ",".repeat(500)),
    "x-request-id": fc.constantFrom("a b", "../x", "é", "0".repeat(300), "ok-1"),
    range: fc.constantFrom("bytes=0-", "bytes=-1", "bytes=9-1", "x"),
    "last-event-id": fc.constantFrom("-1", "9".repeat(400), "x"),
    "if-none-match": fc.constantFrom("*", 'W/"', '"a"'),
    // Beside a session these are two credentials at once; alone they are none.
    authorization: fc.constantFrom("Bearer", "Bearer é", "Basic Og==", "Bearer a.b.c", "x"),
    "x-api-key": fc.constantFrom("", "x", "\xff"),
  },
  { requiredKeys: [] },
);

/** JSON of a value; or JSON with something odd in one place; or what is no JSON at all. */
function bodies(value: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> {
  const json = value.map((one) => JSON.stringify(one) ?? "");
  const place = fc.nat();
  return fc.oneof(
    often(json.map(Buffer.from), 10),
    often(fc.tuple(json, fc.constantFrom(...ODD), place).map(replaced), 5),
    often(
      fc.tuple(json, place).map(([text, at]) => cutShort(Buffer.from(text), at)),
      1,
    ),
    often(
      json.map((text) => Buffer.from(text, "utf16le")),
      1,
    ),
    often(fc.tuple(json, fc.uint8Array({ maxLength: 8 }), place).map(soiled), 1),
    often(fc.constantFrom(...WHOLE).map(Buffer.from), 2),
  );
}

/** Stand in the place of a value in some JSON, or of a key. */
const ODD = [
  ...['"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"a\\u0000b"', '"\\u202e"', '"\\udb40\\udc41"'],
  ...["1e400", "-1e400", "1e-400", "-0", "9".repeat(400), "0.1", "2147483648", "9007199254740993"],
  ...[
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '"__proto__"',
  ],
  ...["null", "true", "[]", "{}", '""', '" "', "[[]]", '[null,{"toString":1}]', '"\\r\\nx: y"'],
  ...["[".repeat(3000) + "]".repeat(3000), `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`],
  ...[`"${"a".repeat(200_000)}"`, `"${"\u0301".repeat(5000)}"`, `[${"0,".repeat(60_000)}0]`],
  ...["NaN", "undefined", "'x'", "0x10", '{"then":{"a":1}}', '"../../etc/passwd"', '"%00"'],
];
/** In the place of the whole body. */
const WHOLE = [
  ...["", " ", "\0", "null", "[]", "{}", '""', "0", "\ufeff{}", "{]", '{"a":1,"a":2}', "{}{}"],
  ...[
    "a=b&c=d",
    "<x/>",
    "--x\r\n\r\n--x--",
    "[".repeat(100_000),
    '{"a":'.repeat(50_000),
    '"\ud800"',
  ],
];

const VALUE = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null|\{\}|\[\]/g;

function replaced([text, odd, at]: [string, string, number]): Buffer {
  const places = [...text.matchAll(VALUE)];
  const place = places[at % Math.max(1, places.length)];
  if (!place) return Buffer.from(odd);
  return Buffer.from(text.slice(0, place.index) + odd + text.slice(place.index + place[0].length));
}

const cutShort = (bytes: Buffer, at: number) => bytes.subarray(0, at % (bytes.length + 1));

function soiled([text, dirt, at]: [string, Uint8Array, number]): Buffer {
  const bytes = Buffer.from(text);
  const place = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, place), dirt, bytes.subarray(place)]);
}
