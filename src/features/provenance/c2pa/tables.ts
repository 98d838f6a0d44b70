/** The certificate that was made here, one row, with its key sealed in the vault. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  label_certificate: {
    id: number;
    /** PEM. */
    certificate: string;
    sealed: string;
  };
}

export const migrations: Readonly<Record<string, Migration>> = {
  "040-label": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("label_certificate")
        .addColumn("id", "integer", (column) => column.primaryKey())
        .addColumn("certificate", "text", (column) => column.notNull())
        .addColumn("sealed", "text", (column) => column.notNull())
        .execute();
    },
  },
};
