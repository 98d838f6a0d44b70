/** A button that is only an icon; its label is for screen readers, and shown by `Tips`. */
import type { ComponentProps } from "react";
import { Icon, type IconName } from "./icons.tsx";

interface Props extends Omit<ComponentProps<"button">, "children"> {
  readonly icon: IconName;
  readonly label: string;
}

export const IconButton = ({ icon, label, ...rest }: Props) => (
  <button type="button" className="icon-button" aria-label={label} data-tip={label} {...rest}>
    <Icon name={icon} />
  </button>
);
