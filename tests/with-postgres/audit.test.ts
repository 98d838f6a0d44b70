import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { onTestFinished } from "vitest";
import { auditSuite } from "../unit/audit/suite.ts";

auditSuite("PostgreSQL", async () => {
  const schema = `audit_${process.pid}_${Math.random().toString(36).slice(2)}`;
  const url = "postgres://postgres@127.0.0.1:5432/test";
  const pool = new pg.Pool({ connectionString: url, options: `-c search_path=${schema}` });
  await pool.query(`create schema ${schema}`);
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  onTestFinished(async () => {
    await pool.query(`drop schema ${schema} cascade`);
    await db.destroy();
  });
  return db;
});
