/** The whole product in a process of its own, for tests that kill it. Prints its address. */
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";

const [home = ""] = process.argv.slice(2);
const { url } = await startApp(readConfig({ engine: "scripted", port: 0, home }, {}), () => {});
console.log(url);
