/** Starts the full page, or the page of an address that a room has, and says so when it breaks. */
import "./style.css";
import "./fonts.css";
import "./ui/ui.css";
import "./ui/form.css";

import { Suspense } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { t } from "./chat/language.ts";
import { furnish } from "./room.ts";
import { ROOMS } from "./rooms.ts";
import { Around, pageAt } from "./slots.tsx";
import { Boundary } from "./ui/Boundary.tsx";

const Broken = ({ error }: { error: unknown }) => (
  <main className="broken">
    <div role="alert" className="problem">
      <p>
        <strong>{t("error.unexpected", { reason: String(error) })}</strong>{" "}
        {t("error.unexpected.hint")}
      </p>
    </div>
    <button type="button" className="primary" onClick={() => location.reload()}>
      {t("reload")}
    </button>
  </main>
);

furnish(ROOMS);
const page = pageAt(location.pathname);

createRoot(document.getElementById("root") as HTMLElement).render(
  <Boundary instead={(error) => <Broken error={error} />}>
    {page ? (
      <Suspense>
        <page.Page />
      </Suspense>
    ) : (
      <Around>
        <App />
      </Around>
    )}
  </Boundary>,
);
