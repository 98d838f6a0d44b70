/** Which models can be chosen. */
import { useEffect, useState } from "react";
import { getJson } from "../../ui/json.ts";

/** Their ids; none where the server does not say. */
export function useModels(): readonly string[] {
  const [models, setModels] = useState<readonly string[]>([]);
  useEffect(() => {
    getJson<{ data: { id: string }[] }>("/v1/models").then(
      ({ data }) => setModels(data.map(({ id }) => id)),
      () => {},
    );
  }, []);
  return models;
}
