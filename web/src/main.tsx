/** Starts the full page. */
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import "./style.css";
import "./rooms.css";

createRoot(document.getElementById("root") as HTMLElement).render(<App />);
