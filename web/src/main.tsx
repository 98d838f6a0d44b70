/** Starts the full page, and says so when it breaks. */
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { t } from "./chat/language.ts";
import { Gate } from "./panels/account/Gate.tsx";
import { Preferences } from "./panels/preferences/Preferences.tsx";
import { Boundary } from "./ui/Boundary.tsx";
import "./style.css";
import "./rooms.css";

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
    <Gate foot={<Preferences />}>
      <App />
    </Gate>
  </Boundary>,
);
