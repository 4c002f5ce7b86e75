/*
 * Dialect, PostgreSQL: SQL of other databases.
 *
 * The parser would say no more than "syntax error", and the server that a function does not exist;
 * here the help says what to write instead.
 */
#include "lint_context.h"
#include "lint_slips.h"

#define IDENTITY_HELP "write bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
#define UPSERT_HELP   "write INSERT INTO … ON CONFLICT (column) DO UPDATE SET …"
#define IGNORE_HELP   "write INSERT INTO … ON CONFLICT DO NOTHING"

static const struct slip slips[] = {
	{ IN_TABLE, "AUTOINCREMENT", "AUTOINCREMENT", IDENTITY_HELP },
	{ IN_TABLE, "AUTO_INCREMENT", "AUTO_INCREMENT", IDENTITY_HELP },
	{ IN_TABLE, "IDENTITY ( % ,", "IDENTITY(1, 1)", IDENTITY_HELP },
	{ IN_TABLE, "WITHOUT ROWID", "WITHOUT ROWID", "delete it" },
	{ IN_TABLE, "ON CONFLICT", "ON CONFLICT in a table",
	  "write it where rows are inserted: INSERT INTO … ON CONFLICT DO NOTHING" },
	{ IN_TABLE, "COLLATE NOCASE", "COLLATE NOCASE",
	  "use the type citext, or an index on lower(column)" },
	{ IN_TABLE, "ENGINE =", "ENGINE", "remove the table options after the parenthesis" },
	{ IN_TABLE, "CHARSET =", "CHARSET", "remove it: text is always Unicode" },
	{ IN_TABLE, "CHARACTER SET", "CHARACTER SET", "remove it: text is always Unicode" },
	{ IN_TABLE, "ENUM ( '", "ENUM in a column",
	  "write CREATE TYPE name AS ENUM ('a', 'b'), and name as the type" },
	{ IN_TABLE, "COMMENT '", "COMMENT in a table",
	  "write COMMENT ON COLUMN table.column IS 'text'" },
	{ IN_TABLE, "INT UNSIGNED", "UNSIGNED", "write bigint CHECK (column >= 0)" },
	{ IN_TABLE, "INTEGER UNSIGNED", "UNSIGNED", "write bigint CHECK (column >= 0)" },
	{ IN_TABLE, "BIGINT UNSIGNED", "UNSIGNED", "write bigint CHECK (column >= 0)" },
	{ IN_TABLE, "ON UPDATE CURRENT_TIMESTAMP", "ON UPDATE CURRENT_TIMESTAMP",
	  "create a trigger BEFORE UPDATE that sets the column" },
	{ ANYWHERE, "` @ `", "names in backquotes", "write them in double quotes: \"name\"" },
	{ ANYWHERE, "ON DUPLICATE KEY", "ON DUPLICATE KEY",
	  "write ON CONFLICT (column) DO UPDATE SET …" },
	{ ANYWHERE, "DATETIME ( '", "datetime()", "write now()" },
	{ ANYWHERE, "STRFTIME (", "strftime()", "write to_char(time, 'YYYY-MM-DD')" },
	{ ANYWHERE, "GROUP_CONCAT (", "group_concat()", "write string_agg(column, ',')" },
	{ ANYWHERE, "LAST_INSERT_ROWID (", "last_insert_rowid()",
	  "write INSERT … RETURNING id, in a WITH query" },
	{ ANYWHERE, "LAST_INSERT_ID (", "last_insert_id()",
	  "write INSERT … RETURNING id, in a WITH query" },
	{ ANYWHERE, "RANDOMBLOB (", "randomblob()", "write gen_random_uuid()" },
	{ AT_START, "PRAGMA", "PRAGMA", "remove it; foreign keys are always on" },
	{ AT_START, "INSERT OR REPLACE", "INSERT OR REPLACE", UPSERT_HELP },
	{ AT_START, "INSERT OR %", "INSERT OR …", IGNORE_HELP },
	{ AT_START, "INSERT IGNORE", "INSERT IGNORE", IGNORE_HELP },
	{ AT_START, "REPLACE INTO", "REPLACE", UPSERT_HELP },
	{ AT_START, "RENAME TABLE", "RENAME TABLE", "write ALTER TABLE name RENAME TO name" },
	{ AT_START, "ALTER TABLE @ MODIFY", "MODIFY COLUMN",
	  "write ALTER TABLE … ALTER COLUMN column TYPE type" },
	{ AT_START, "ALTER TABLE @ CHANGE", "CHANGE COLUMN",
	  "write ALTER TABLE … RENAME COLUMN a TO b, and ALTER COLUMN b TYPE type" },
	{ AT_START, "ALTER TABLE @ DELETE", "DELETE COLUMN",
	  "write ALTER TABLE … DROP COLUMN column" },
	{ AT_START, "ALTER TABLE @ REMOVE", "REMOVE COLUMN",
	  "write ALTER TABLE … DROP COLUMN column" },
	{ AT_START, "ALTER TABLE @ DROP IF EXISTS COLUMN", "DROP IF EXISTS COLUMN",
	  "write DROP COLUMN IF EXISTS column" },
	{ AT_START, "ALTER TABLE @ ADD INDEX", "ADD INDEX",
	  "write CREATE INDEX name ON table (column)" },
	{ AT_START, "ALTER TABLE @ ADD KEY", "ADD KEY",
	  "write CREATE INDEX name ON table (column)" },
	{ AT_START, "ALTER TABLE @ DROP FOREIGN KEY", "DROP FOREIGN KEY",
	  "write ALTER TABLE … DROP CONSTRAINT name" },
	{ AT_START, "ALTER TABLE @ DROP INDEX", "DROP INDEX in a table", "write DROP INDEX name" },
	{ AT_START, "DROP INDEX @ ON", "DROP INDEX … ON", "write DROP INDEX name" },
	{ AT_START, "DROP INDEX IF EXISTS @ ON", "DROP INDEX … ON",
	  "write DROP INDEX IF EXISTS name" },
	{ AT_START, "CREATE VIRTUAL TABLE", "CREATE VIRTUAL TABLE",
	  "for text search, add a tsvector column and a GIN index" },
	{ AT_START, "CREATE VIEW IF NOT", "CREATE VIEW IF NOT EXISTS",
	  "write CREATE OR REPLACE VIEW" },
	{ AT_START, "CREATE TRIGGER IF NOT", "CREATE TRIGGER IF NOT EXISTS",
	  "write CREATE OR REPLACE TRIGGER (version 14), or DROP TRIGGER IF EXISTS first" },
	{ AT_START, "CREATE FUNCTION IF NOT", "CREATE FUNCTION IF NOT EXISTS",
	  "write CREATE OR REPLACE FUNCTION" },
	{ AT_START, "CREATE TYPE IF NOT", "CREATE TYPE IF NOT EXISTS",
	  "remove IF NOT EXISTS: a migration knows what it finds" },
	{ AT_START, "ATTACH DATABASE", "ATTACH", "remove it, or use postgres_fdw" },
	{ AT_START, "DETACH DATABASE", "DETACH", "remove it" },
	{ AT_START, "USE %", "USE", "remove it: the program that migrates says which database" },
	{ AT_START, "SHOW TABLES", "SHOW TABLES", "remove it" },
	{ AT_START, "LOCK TABLES", "LOCK TABLES", "write LOCK TABLE name, or remove it" },
	{ AT_START, "UNLOCK TABLES", "UNLOCK TABLES",
	  "remove it: locks last to the end of the transaction" },
	{ AT_START, "DELIMITER", "DELIMITER",
	  "remove it: the body of a function stands in $$ … $$" },
	{ AT_START, "GO", "GO", "remove it: statements end with a semicolon" },
};

static const struct slip_table table = { "PostgreSQL", slips, sizeof(slips) / sizeof(*slips) };

void lint_dialect_postgres(struct lint *lint, const struct lint_statement *statement)
{
	lint_slips(lint, statement, &table);
}
