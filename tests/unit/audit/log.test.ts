import { onTestFinished } from "vitest";
import { openDatabase } from "../../../src/storage/index.ts";
import { temporaryHome } from "../conversations/home.ts";
import { auditSuite } from "./suite.ts";

auditSuite("SQLite", async () => {
  const { db, close } = await openDatabase(await temporaryHome());
  onTestFinished(close);
  return db;
});
