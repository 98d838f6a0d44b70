/**
 * `node scripts/watching.ts`: writes Prometheus' rules and the dashboard for Grafana into `deploy/`. A
 * test compares them with what this makes, reads every query by Prometheus' own grammar, and looks for
 * each name in what a server really tells.
 */
import { writeFileSync } from "node:fs";
import { stringify } from "yaml";

const FIRST_TOKEN = "gen_ai_server_time_to_first_token_seconds";
const PER_TOKEN = "gen_ai_server_time_per_output_token_seconds";
const DURATION = "gen_ai_server_request_duration_seconds";
const TOKENS = "gen_ai_client_token_usage";
const ENGINE = "charla_engine";
const MODEL = "gen_ai_request_model";

/** Codes of errors that are the server's and not the caller's. */
export const FAULTS = [
  ...[
    "internal_error",
    "engine_stopped",
    "engine_given_up",
    "engine_failed",
    "request_stops_engine",
  ],
  ...["queue_full", "queue_timeout", "storage_unreachable", "server_stopping"],
];

const quantile = (share: number, histogram: string) =>
  `histogram_quantile(${share}, sum by (le) (rate(${histogram}_bucket[5m])))`;
const faults = `sum(rate(${DURATION}_count{error_type=~"${FAULTS.join("|")}"}[5m]))`;

/** What is aimed at; whoever runs a larger model changes the numbers in the file. */
const GOALS = { firstTokenSeconds: 5, perTokenSeconds: 0.3, faultShare: 0.02, restarts: 2 };

interface Alert {
  readonly name: string;
  readonly expr: string;
  readonly wait: string;
  readonly severity: "page" | "ticket";
  readonly summary: string;
  readonly next: string;
}

const ALERTS: readonly Alert[] = [
  {
    ...{ name: "CharlaDown", expr: 'up{job="charla"} == 0', wait: "2m", severity: "page" },
    summary: "Charla does not answer.",
    next: "Look at the service and its log; /readyz says why no model is ready.",
  },
  {
    ...{ name: "CharlaFaults", wait: "10m", severity: "page" },
    expr: `${faults} / sum(rate(${DURATION}_count[5m])) > ${GOALS.faultShare}`,
    summary: "More answers end with an error of the server than is aimed at.",
    next: "The label error_type of the metric says which; the log has their details.",
  },
  {
    ...{ name: "CharlaSlowFirstToken", wait: "10m", severity: "ticket" },
    expr: `${quantile(0.95, FIRST_TOKEN)} > ${GOALS.firstTokenSeconds}`,
    summary: "People wait longer for the first word than is aimed at.",
    next: "See whether requests queue: more slots, a smaller model, or another machine.",
  },
  {
    ...{ name: "CharlaSlowTokens", wait: "10m", severity: "ticket" },
    expr: `${quantile(0.95, PER_TOKEN)} > ${GOALS.perTokenSeconds}`,
    summary: "Answers are written more slowly than is aimed at.",
    next: "See what else computes on the machine, and how many chats share the model.",
  },
  {
    ...{ name: "CharlaQueue", wait: "5m", severity: "ticket" },
    expr: `${ENGINE}_queued > ${ENGINE}_slots and ${ENGINE}_slots > 0`,
    summary: "More requests wait for a slot than are being answered.",
    next: "The model {{ $labels.gen_ai_request_model }} has too few slots for its users.",
  },
  {
    ...{ name: "CharlaRefuses", wait: "5m", severity: "ticket" },
    expr: `rate(${ENGINE}_refused_total[5m]) > 0`,
    summary: "Requests are refused since too many wait already.",
    next: "CHARLA_QUEUE bounds the line; a longer one makes people wait longer.",
  },
  {
    ...{ name: "CharlaRestarts", wait: "0m", severity: "ticket" },
    // Counted, not reckoned: `increase` makes more of two where they have not been looked at from edge to edge.
    expr: `${ENGINE}_restarts_total - min_over_time(${ENGINE}_restarts_total[15m]) > ${GOALS.restarts}`,
    summary: "The model process was started again several times.",
    next: "The log says why each time; no memory left is the usual reason.",
  },
];

/** For the rules' file. */
export const rules = () => ({
  groups: [
    {
      name: "charla",
      rules: ALERTS.map(({ name, expr, wait, severity, summary, next }) => ({
        ...{ alert: name, expr, for: wait, labels: { severity } },
        annotations: { summary, description: next },
      })),
    },
  ],
});

interface Panel {
  readonly title: string;
  /** Grafana's name. */
  readonly unit: string;
  /** Legend and query. */
  readonly lines: readonly (readonly [legend: string, expr: string])[];
}

const latency = (title: string, histogram: string): Panel => ({
  ...{ title, unit: "s" },
  lines: [0.5, 0.95, 0.99].map((share) => [`p${share * 100}`, quantile(share, histogram)]),
});
const engine = (name: string) => `${ENGINE}_${name}`;
const legend = `{{${MODEL}}}`;

const PANELS: readonly Panel[] = [
  latency("Time to the first token", FIRST_TOKEN),
  latency("Time per token", PER_TOKEN),
  {
    ...{ title: "Answers by where they were asked", unit: "reqps" },
    lines: [["{{charla_origin}}", `sum by (charla_origin) (rate(${DURATION}_count[5m]))`]],
  },
  {
    ...{ title: "Answers that failed", unit: "reqps" },
    lines: [
      ["{{error_type}}", `sum by (error_type) (rate(${DURATION}_count{error_type!=""}[5m]))`],
    ],
  },
  {
    ...{ title: "Tokens", unit: "short" },
    lines: [
      [
        `{{gen_ai_token_type}} ${legend}`,
        `sum by (gen_ai_token_type, ${MODEL}) (rate(${TOKENS}_sum[5m]))`,
      ],
    ],
  },
  {
    ...{ title: "Slots and queue", unit: "short" },
    lines: [
      [`busy ${legend}`, engine("slots_busy")],
      [`slots ${legend}`, engine("slots")],
      [`queued ${legend}`, engine("queued")],
    ],
  },
  {
    ...{ title: "KV cache in use", unit: "percentunit" },
    lines: [[legend, `${engine("kv_used_tokens")} / ${engine("kv_tokens")}`]],
  },
  {
    ...{ title: "Prompt tokens that were in memory", unit: "percentunit" },
    lines: [
      [
        legend,
        `rate(${engine("cached_tokens_total")}[5m]) / rate(${engine("prompt_tokens_total")}[5m])`,
      ],
    ],
  },
  {
    ...{ title: "Memory", unit: "bytes" },
    lines: [
      ["server", "process_memory_usage_bytes"],
      [`model ${legend}`, engine("memory_bytes")],
    ],
  },
  {
    ...{ title: "Restarts of the model process", unit: "short" },
    lines: [[legend, `increase(${engine("restarts_total")}[1h])`]],
  },
];

/** All queries, for the test. */
export const queries = (): readonly string[] => [
  ...ALERTS.map(({ expr }) => expr),
  ...PANELS.flatMap(({ lines }) => lines.map(([, expr]) => expr)),
];

const [WIDTH, HEIGHT] = [12, 8];

/** Grafana's JSON, which asks for its source of data when it is taken in. */
export const dashboard = () => ({
  __inputs: [
    { name: "DS_PROMETHEUS", label: "Prometheus", type: "datasource", pluginId: "prometheus" },
  ],
  ...{ uid: "charla", title: "Charla", schemaVersion: 39, version: 1, editable: true },
  ...{ refresh: "30s", time: { from: "now-6h", to: "now" }, tags: ["charla"] },
  panels: PANELS.map(({ title, unit, lines }, index) => ({
    ...{ id: index + 1, type: "timeseries", title },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in
    datasource: { type: "prometheus", uid: "${DS_PROMETHEUS}" },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    gridPos: {
      ...{ x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT },
      ...{ w: WIDTH, h: HEIGHT },
    },
    targets: lines.map(([legendFormat, expr], at) => ({
      ...{ refId: String.fromCharCode(65 + at), expr, legendFormat },
    })),
  })),
});

const HEAD = "# Made by scripts/watching.ts. Load it with rule_files in prometheus.yml.\n";

/** By their paths in the repository. */
export const files = (): Readonly<Record<string, string>> => ({
  "deploy/prometheus/charla.rules.yml": HEAD + stringify(rules(), { lineWidth: 0 }),
  "deploy/grafana/charla.json": `${JSON.stringify(dashboard(), null, 2)}\n`,
});

if (import.meta.main) {
  for (const [path, content] of Object.entries(files())) {
    writeFileSync(new URL(`../${path}`, import.meta.url), content);
  }
}
