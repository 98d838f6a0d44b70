/** A table of figures; on a phone each row is a block whose cells say what they are. */
interface Props {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const Figures = ({ head, rows }: Props) => (
  <table className="training-table">
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
