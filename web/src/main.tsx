/** Starts the full page, and says so when it breaks. */
import { lazy, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { t } from "./chat/language.ts";
import { Gate } from "./panels/account/Gate.tsx";
import { Markdown } from "./panels/markdown/Markdown.tsx";
import { Preferences } from "./panels/preferences/Preferences.tsx";
import { Boundary } from "./ui/Boundary.tsx";
import "./style.css";
import "./rooms.css";

/** Whoever has a link needs no account. */
const SharedPage = lazy(() => import("./panels/sharing/SharedPage.tsx"));

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

createRoot(document.getElementById("root") as HTMLElement).render(
  <Boundary instead={(error) => <Broken error={error} />}>
    {location.pathname === "/shared" ? (
      <Suspense>
        <SharedPage Markdown={Markdown} foot={<Preferences />} />
      </Suspense>
    ) : (
      <Gate foot={<Preferences />}>
        <App />
      </Gate>
    )}
  </Boundary>,
);
