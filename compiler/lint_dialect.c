/*
 * Dialect: SQL of other databases, and names that are bobolink's own.
 *
 * Some slips SQLite refuses with nothing but "syntax error"; others it accepts and does something
 * else (SERIAL is a type name like any other, and the column stays NULL). Both are found in the
 * text, before the shadow run, so that the help says what to write instead.
 */
#include "lint_context.h"
#include "lint_slips.h"

#include <string.h>

#include "support/text.h"

#define REBUILD_HELP                                                                     \
	"create the table anew under another name, copy the rows, drop the old one and " \
	"rename: bobolink explain rebuild-cascade"

static const struct slip slips[] = {
	{ IN_TABLE, "AUTO_INCREMENT", "AUTO_INCREMENT",
	  "write INTEGER PRIMARY KEY, which numbers rows by itself; add AUTOINCREMENT only when "
	  "numbers must never be used again" },
	{ IN_TABLE, "IDENTITY (", "IDENTITY",
	  "write INTEGER PRIMARY KEY, which numbers rows by itself" },
	{ IN_TABLE, "AS IDENTITY", "AS IDENTITY",
	  "write INTEGER PRIMARY KEY, which numbers rows by itself" },
	{ IN_TABLE, "ENGINE =", "ENGINE", "remove the table options after the parenthesis" },
	{ IN_TABLE, "CHARSET =", "CHARSET", "remove it: text is always Unicode" },
	{ IN_TABLE, "CHARACTER SET", "CHARACTER SET", "remove it: text is always Unicode" },
	{ IN_TABLE, "ENUM ( '", "ENUM", "write TEXT CHECK (column IN ('a', 'b'))" },
	{ IN_TABLE, "COMMENT '", "COMMENT", "write a comment: -- text" },
	{ IN_TABLE, "ON UPDATE CURRENT_TIMESTAMP", "ON UPDATE CURRENT_TIMESTAMP",
	  "create a trigger AFTER UPDATE that sets the column" },
	{ ANYWHERE, "NOW (", "NOW()", "write CURRENT_TIMESTAMP, or datetime('now')" },
	{ ANYWHERE, "CURDATE (", "CURDATE()", "write CURRENT_DATE, or date('now')" },
	{ ANYWHERE, "GETDATE (", "GETDATE()", "write CURRENT_TIMESTAMP, or datetime('now')" },
	{ ANYWHERE, "UNIX_TIMESTAMP (", "UNIX_TIMESTAMP()",
	  "write CAST(strftime('%s', 'now') AS INTEGER)" },
	{ ANYWHERE, "GEN_RANDOM_UUID (", "gen_random_uuid()",
	  "write lower(hex(randomblob(16))), or declare a function of the application with "
	  "--shadow-function" },
	{ ANYWHERE, "UUID_GENERATE_V4 (", "uuid_generate_v4()",
	  "write lower(hex(randomblob(16))), or declare a function of the application with "
	  "--shadow-function" },
	{ ANYWHERE, "INTERVAL '", "INTERVAL", "write datetime(value, '+1 day')" },
	{ ANYWHERE, "ILIKE '", "ILIKE", "write LIKE: it ignores the case of ASCII letters" },
	{ ANYWHERE, "ON DUPLICATE KEY", "ON DUPLICATE KEY",
	  "write ON CONFLICT (column) DO UPDATE SET …" },
	{ AT_START, "INSERT IGNORE", "INSERT IGNORE", "write INSERT OR IGNORE" },
	{ AT_START, "TRUNCATE", "TRUNCATE", "write DELETE FROM table" },
	{ AT_START, "ALTER TABLE @ ALTER", "ALTER COLUMN", REBUILD_HELP },
	{ AT_START, "ALTER TABLE @ MODIFY", "MODIFY COLUMN", REBUILD_HELP },
	{ AT_START, "ALTER TABLE @ CHANGE", "CHANGE COLUMN", REBUILD_HELP },
	{ AT_START, "ALTER TABLE @ ADD CONSTRAINT", "ADD CONSTRAINT", REBUILD_HELP },
	{ AT_START, "ALTER TABLE @ ADD FOREIGN KEY", "ADD FOREIGN KEY", REBUILD_HELP },
	{ AT_START, "ALTER TABLE @ ADD PRIMARY KEY", "ADD PRIMARY KEY", REBUILD_HELP },
	{ AT_START, "ALTER TABLE @ ADD UNIQUE", "ADD UNIQUE",
	  "write CREATE UNIQUE INDEX name ON table (column)" },
	{ AT_START, "ALTER TABLE @ ADD INDEX", "ADD INDEX",
	  "write CREATE INDEX name ON table (column)" },
	{ AT_START, "ALTER TABLE @ DROP CONSTRAINT", "DROP CONSTRAINT", REBUILD_HELP },
	{ AT_START, "ALTER TABLE @ ADD COLUMN IF NOT", "ADD COLUMN IF NOT EXISTS",
	  "remove IF NOT EXISTS: a migration knows what it finds" },
	{ AT_START, "ALTER TABLE @ DROP COLUMN IF EXISTS", "DROP COLUMN IF EXISTS",
	  "remove IF EXISTS: a migration knows what it finds" },
	{ AT_START, "ALTER TABLE IF EXISTS", "ALTER TABLE IF EXISTS",
	  "remove IF EXISTS: a migration knows what it finds" },
	{ AT_START, "ALTER INDEX", "ALTER INDEX", "drop the index and create it anew" },
	{ AT_START, "CREATE OR REPLACE", "CREATE OR REPLACE", "write DROP … and then CREATE …" },
	{ AT_START, "CREATE EXTENSION", "CREATE EXTENSION",
	  "remove it; a module that the application loads is named with --shadow-extension" },
	{ AT_START, "CREATE SEQUENCE", "CREATE SEQUENCE",
	  "write INTEGER PRIMARY KEY AUTOINCREMENT" },
	{ AT_START, "CREATE TYPE", "CREATE TYPE", "write TEXT CHECK (column IN ('a', 'b'))" },
	{ AT_START, "CREATE DOMAIN", "CREATE DOMAIN", "write the CHECK at each column" },
	{ AT_START, "CREATE SCHEMA", "CREATE SCHEMA", "remove it: a database is one file" },
	{ AT_START, "CREATE DATABASE", "CREATE DATABASE", "remove it: a database is one file" },
	{ AT_START, "CREATE FUNCTION", "CREATE FUNCTION",
	  "register the function in the application and declare it with --shadow-function" },
	{ AT_START, "CREATE PROCEDURE", "CREATE PROCEDURE", "write the statements themselves" },
	{ AT_START, "CREATE MATERIALIZED", "CREATE MATERIALIZED VIEW",
	  "write CREATE TABLE … AS SELECT, or CREATE VIEW" },
	{ AT_START, "CREATE INDEX CONCURRENTLY", "CONCURRENTLY", "remove it" },
	{ AT_START, "CREATE UNIQUE INDEX CONCURRENTLY", "CONCURRENTLY", "remove it" },
	{ AT_START, "DROP INDEX CONCURRENTLY", "CONCURRENTLY", "remove it" },
	{ AT_START, "DROP TABLE @ CASCADE", "DROP TABLE … CASCADE", "remove CASCADE" },
	{ AT_START, "DROP TABLE IF EXISTS @ CASCADE", "DROP TABLE … CASCADE", "remove CASCADE" },
	{ AT_START, "DROP INDEX @ ON", "DROP INDEX … ON", "write DROP INDEX name" },
	{ AT_START, "COMMENT ON", "COMMENT ON", "write a comment: -- text" },
	{ AT_START, "GRANT", "GRANT", "remove it: whoever can open the file may do everything" },
	{ AT_START, "REVOKE", "REVOKE", "remove it: whoever can open the file may do everything" },
	{ AT_START, "USE %", "USE", "remove it: a database is one file" },
	{ AT_START, "SET % =", "SET", "remove it, or write PRAGMA name = value" },
	{ AT_START, "SET % TO", "SET", "remove it, or write PRAGMA name = value" },
	{ AT_START, "LOCK TABLES", "LOCK TABLES", "remove it: a migration holds the lock already" },
	{ AT_START, "DELIMITER", "DELIMITER", "remove it: bobolink knows where a trigger ends" },
	{ AT_START, "DO", "DO", "write the statements themselves" },
};

static const struct slip_table table = { "SQLite", slips, sizeof(slips) / sizeof(*slips) };

/*
 * Types that other databases number by themselves, and that SQLite takes for a column of numbers.
 */
static const char *const serial_types[] = { "SERIAL",  "BIGSERIAL", "SMALLSERIAL",
					    "SERIAL4", "SERIAL8",   "SERIAL2" };

static void check_serial(struct lint *lint, const struct lint_statement *statement,
			 const struct lint_column *column)
{
	for (size_t i = 0; i < sizeof(serial_types) / sizeof(serial_types[0]); i++) {
		if (column->type < column->constraints &&
		    words_is(&statement->words, column->type, serial_types[i]))
			lint_slip(lint, statement, column->type, &table, serial_types[i],
				  "write INTEGER PRIMARY KEY, which numbers rows by itself; the "
				  "column would stay NULL");
	}
}

static void find_serial(struct lint *lint, const struct lint_statement *statement)
{
	struct lint_column column;
	uint32_t index = statement->body;

	if (statement->action == ACTION_ADD_COLUMN) {
		lint_column_read(&statement->words, statement->other_word, &column);
		check_serial(lint, statement, &column);
	} else if (statement->action == ACTION_CREATE && statement->kind == BOBOLINK_OBJECT_TABLE) {
		while (lint_column_next(&statement->words, &index, &column))
			check_serial(lint, statement, &column);
	}
}

void lint_dialect_sqlite(struct lint *lint, const struct lint_statement *statement)
{
	find_serial(lint, statement);
	lint_slips(lint, statement, &table);
}

void lint_reserved(struct lint *lint, const struct lint_statement *statement)
{
	static const char prefix[] = "bobolink_";

	for (uint32_t i = 0; i < statement->words.count; i++) {
		struct token token = words_token(&statement->words, i);
		const char *text = words_text(&statement->words, i);
		uint32_t quote = token.kind == TOKEN_QUOTED;

		if ((token.kind != TOKEN_WORD && token.kind != TOKEN_QUOTED) ||
		    token.length < sizeof(prefix) + quote ||
		    !text_is(text + quote, sizeof(prefix) - 1, prefix))
			continue;
		lint_report(lint, RULE_RESERVED_NAME, statement, i,
			    "choose a name that does not begin with bobolink_",
			    "\"%s\" is bobolink's own",
			    words_name(&statement->words, i, lint->arena));
	}
}
