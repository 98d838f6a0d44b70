/** The empty page: a greeting, and who speaks here. */
import { useLanguage } from "../../chat/language.ts";
import { t } from "./words.ts";
import "./welcome.css";

export function Welcome() {
  useLanguage();
  return (
    <>
      <h2 className="greeting">{t("welcome.greeting")}</h2>
      <p className="about-ai">
        {t("welcome.ai")} {t("welcome.mistakes")}
      </p>
    </>
  );
}
