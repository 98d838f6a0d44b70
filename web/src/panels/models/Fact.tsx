/** One thing that is known of a model or an adapter. */
interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly warning?: string | undefined;
  /** Takes a line of its own. */
  readonly wide?: boolean;
}

export function Fact({ name, value, warning, wide }: FactProps) {
  if (value === "") return null;
  return (
    <div className={wide ? "wide" : undefined}>
      <dt>{name}</dt>
      <dd>
        {value}
        {warning && <span className="fact-warning"> {warning}</span>}
      </dd>
    </div>
  );
}
