/** Numbers that a feature knows and whoever watches the server wants to read. */

export interface Gauge {
  /** With dots, as OpenTelemetry writes names: "charla.cost.month". */
  readonly name: string;
  /** One sentence for the reader of the numbers. */
  readonly help: string;
  readonly values: readonly {
    readonly value: number;
    /** Never of a person. */
    readonly labels: Readonly<Record<string, string>>;
  }[];
}
