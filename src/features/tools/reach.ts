/** The way to addresses that somebody else has chosen, as `src/net/fetch.ts` has it. */

export type Reach = (
  address: string,
  asked: {
    readonly method?: "GET" | "POST" | "DELETE";
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly signal: AbortSignal;
  },
  rules: {
    /** An origin of the operator's own settings, which may be of a private network. */
    readonly operator?: string;
    readonly redirects: number;
    /** Most bytes of the body. */
    readonly maxBytes: number;
  },
) => Promise<Response>;
