/** Shows something else in the place of what could not be rendered. */
import { Component, type ReactNode } from "react";

interface Props {
  readonly children: ReactNode;
  instead(error: unknown): ReactNode;
}

interface State {
  readonly failure?: { readonly error: unknown };
}

export class Boundary extends Component<Props, State> {
  override state: State = {};

  static getDerivedStateFromError = (error: unknown): State => ({ failure: { error } });

  override render(): ReactNode {
    const { failure } = this.state;
    return failure ? this.props.instead(failure.error) : this.props.children;
  }
}
