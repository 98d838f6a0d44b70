/** The formats of strings that a grammar holds to, as patterns: not all of what each allows. */

const LEAP = String.raw`\d\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00`;
const DATE = String.raw`(\d{4}-(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|\d{4}-(0[469]|11)-(0[1-9]|[12]\d|30)|\d{4}-02-(0[1-9]|1\d|2[0-8])|(${LEAP})-02-29)`;
const HOUR = String.raw`([01]\d|2[0-3])`;
const TIME = String.raw`${HOUR}:[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]${HOUR}:[0-5]\d)`;
const BYTE = String.raw`(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const IPV4 = String.raw`${BYTE}(\.${BYTE}){3}`;
const LABEL = "[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,2}";
const HOST = String.raw`${LABEL}(\.${LABEL}){1,4}`;

/** Letters of a path or a query (RFC 3986), without and with those beyond ASCII (RFC 3987). */
const uri = (beyond: string) => {
  const char = `([A-Za-z0-9${beyond}._~!$&'()*+,;=:@\\-]|%[0-9A-F]{2})`;
  const label = `[A-Za-z0-9${beyond}]+(-+[A-Za-z0-9${beyond}]+)*`;
  // A last label of digits would be a part of an address.
  const host = `((${label}\\.)*[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?|${IPV4})`;
  const query = `(\\?(${char}|[/?])*)?(#(${char}|[/?])*)?`;
  const path = `(/(${char}+/)*(${char}+)?)`;
  const port = String.raw`(:([1-9]\d{0,3}|[1-5]\d{4}))?`;
  const absolute = `([a-z][a-z0-9+-]{1,15}://${host}${port}${path}?|file://${path}|(mailto|tel|urn|data):${char}+)${query}`;
  return { absolute, reference: `(${absolute}|(\\.{0,2}${path})${query})` };
};
const [ASCII, BEYOND] = [uri(""), uri("\\u00a0-\\ud7ff")];

/** Without anchors (RFC 3339, 3986, 3987, 4291, 5321, 6901, 9562, 1123, ISO 8601). */
const FORMATS: Readonly<Record<string, string>> = {
  date: DATE,
  time: TIME,
  "date-time": `${DATE}T${TIME}`,
  duration: String.raw`P(\d{1,4}D|T\d{1,6}[HMS]|\d{1,3}[YMW])`,
  uuid: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
  email: `[a-zA-Z0-9]{1,20}([._+-][a-zA-Z0-9]{1,20}){0,2}@${HOST}`,
  hostname: HOST,
  ipv4: IPV4,
  ipv6: "[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}",
  uri: ASCII.absolute,
  "uri-reference": ASCII.reference,
  iri: BEYOND.absolute,
  "iri-reference": BEYOND.reference,
  "json-pointer": "(/([^~/]|~[01])*)*",
};
const ALIASES: Readonly<Record<string, string>> = {
  ...{ url: "uri", "idn-email": "email", "idn-hostname": "hostname", "host-name": "hostname" },
};
/** Formats of the standard that no pattern says. */
const WITHOUT = ["regex", "uri-template", "relative-json-pointer"];

/**
 * The pattern of a format. One that the standard does not know (password, binary, int32 of a text)
 * is a note to people and says nothing: undefined. "none": it says something that no grammar can.
 */
export function formatOf(name: string): string | undefined | "none" {
  if (WITHOUT.includes(name)) return "none";
  const known = ALIASES[name] ?? name;
  return Object.hasOwn(FORMATS, known) ? `^(${FORMATS[known]})$` : undefined;
}
