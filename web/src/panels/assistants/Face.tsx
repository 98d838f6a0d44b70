/** The icon of an assistant; one without has the first letter of its name. */
interface Props {
  readonly icon?: string | undefined;
  readonly name: string;
}

export const Face = ({ icon, name }: Props) => (
  <span className="assistant-face" aria-hidden="true">
    {icon || [...name][0]?.toUpperCase()}
  </span>
);
