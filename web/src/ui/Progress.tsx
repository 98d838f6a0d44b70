/** A thin bar; without a value it only says that something is under way. */
interface Props {
  /** 0 to 1. */
  readonly value: number | undefined;
  readonly label: string;
}

export const Progress = ({ value, label }: Props) => (
  <progress className="progress" max={1} value={value} aria-label={label} />
);
