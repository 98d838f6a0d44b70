/** A table of figures; by their `data-name` a room's styles may let cells say what they are, as on a phone. */
interface Props {
  readonly className: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const Figures = ({ className, head, rows }: Props) => (
  <table className={className}>
    <thead>
      <tr>
        {head.map((cell) => (
          <th key={cell} scope="col">
            {cell}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map((row) => (
        <tr key={row.join()}>
          {row.map((cell, at) =>
            at === 0 ? (
              <th key={head[at]} scope="row">
                {cell}
              </th>
            ) : (
              <td key={head[at]} data-name={cell && head[at]}>
                {cell}
              </td>
            ),
          )}
        </tr>
      ))}
    </tbody>
  </table>
);
