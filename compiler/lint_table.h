/*
 * The table of rules that lint itself reports. LINT_TABLE joins it with those of the other stages.
 *
 * Columns: identifier, name, level, stage, what is reported, why it matters, an example, the
 * remedy. The table makes the enumeration, `bobolink explain` and docs/rules.md.
 */
#ifndef LINT_TABLE_H
#define LINT_TABLE_H

#include "lint_table_postgres.h"
#include "lint_table_stages.h"

#define LINT_TABLE(X) LINT_TABLE_FINDINGS(X) LINT_TABLE_POSTGRES(X) LINT_TABLE_STAGES(X)

#define LINT_TABLE_FINDINGS(X)                                                                     \
	X(DOWN_MISSING, "down-missing", NOTE, LINT, "a migration has no down section",             \
	  "Without one the migration cannot be rolled back. Not reported for a locked migration, " \
	  "which may not be edited any more.",                                                     \
	  "CREATE TABLE orders (id INTEGER PRIMARY KEY);",                                         \
	  "-- migrate:up\n"                                                                        \
	  "CREATE TABLE orders (id INTEGER PRIMARY KEY);\n"                                        \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABLE orders;\n"                                                                   \
	  "\n"                                                                                     \
	  "or, on the up line: irreversible:\"the reason\"")                                       \
	X(DATA_LOSS, "data-loss", ERROR, LINT, "a destructive change without allow:data-loss",     \
	  "Rows or columns that existed before the migration are destroyed, and no down brings "   \
	  "them back: DROP TABLE, DROP COLUMN, DROP SCHEMA, TRUNCATE, DELETE without WHERE, a "    \
	  "type that keeps less, and a rebuild whose copy leaves out columns or rows. What a "     \
	  "migration makes itself, what the same section "                                         \
	  "copies elsewhere first, and full-text indexes are not reported.",                       \
	  "ALTER TABLE users DROP COLUMN email;",                                                  \
	  "-- bobolink:allow data-loss the addresses moved to contacts in 0006\n"                  \
	  "ALTER TABLE users DROP COLUMN email;\n"                                                 \
	  "\n"                                                                                     \
	  "or, for a whole section: -- migrate:up allow:data-loss")                                \
	X(UPDATE_WITHOUT_WHERE, "update-without-where", NOTE, LINT,                                \
	  "an UPDATE overwrites a column in every row",                                            \
	  "The old values are gone. Filling a column that the migration added, or computing a "    \
	  "value from the old one, is not reported.",                                              \
	  "UPDATE users SET status = 'active';",                                                   \
	  "UPDATE users SET status = 'active' WHERE status IS NULL;")                              \
	X(NOT_NULL_WITHOUT_DEFAULT, "not-null-without-default", ERROR, LINT,                       \
	  "a NOT NULL column without a default for rows that exist",                               \
	  "The database accepts it on the empty shadow database and refuses it as soon as the "    \
	  "table "                                                                                 \
	  "has rows: the migration would fail in production only. The same holds for a rebuild "   \
	  "whose copy does not name such a column.",                                               \
	  "ALTER TABLE users ADD COLUMN name TEXT NOT NULL;",                                      \
	  "ALTER TABLE users ADD COLUMN name TEXT NOT NULL DEFAULT '';")                           \
	X(COLUMN_NEEDS_EMPTY_TABLE, "column-needs-empty-table", ERROR, LINT,                       \
	  "a new column that SQLite refuses when the table has rows",                              \
	  "A default that is not constant (CURRENT_TIMESTAMP, an expression), a STORED generated " \
	  "column, and REFERENCES with a default pass on the empty shadow database and fail as "   \
	  "soon as there are rows.",                                                               \
	  "ALTER TABLE users ADD COLUMN since TEXT DEFAULT CURRENT_TIMESTAMP;",                    \
	  "ALTER TABLE users ADD COLUMN since TEXT;\n"                                             \
	  "UPDATE users SET since = CURRENT_TIMESTAMP;")                                           \
	X(UNIQUE_ON_EXISTING, "unique-on-existing", NOTE, LINT,                                    \
	  "a unique index on a table that may hold duplicates",                                    \
	  "It fails on the databases that hold duplicates, and on no other.",                      \
	  "CREATE UNIQUE INDEX users_email ON users (email);",                                     \
	  "DELETE FROM users WHERE id NOT IN (SELECT min(id) FROM users GROUP BY email);\n"        \
	  "CREATE UNIQUE INDEX users_email ON users (email);")                                     \
	X(FAILS_ON_ROWS, "fails-on-rows", ERROR, LINT,                                             \
	  "a statement that runs on empty tables and fails on tables with rows",                   \
	  "When you build, the set runs a second time on tables that have two synthetic rows "     \
	  "each. This statement was refused there, and ran when the rows were taken away. It is "  \
	  "a note, \"may fail\", where that depends on a value that was made up.",                 \
	  "UPDATE users SET team_id = 1;\n"                                                        \
	  "ALTER TABLE users ALTER COLUMN team_id SET NOT NULL;",                                  \
	  "Write it so that it works on rows. When the made-up rows cannot be, say which can:\n"   \
	  "\n"                                                                                     \
	  "-- migrate:sample\n"                                                                    \
	  "INSERT INTO users (id, name) VALUES (1, 'Ada');")                                       \
	X(LOSES_ROWS, "loses-rows", ERROR, LINT,                                                   \
	  "rows of a table that stays are gone after the up",                                      \
	  "Seen on tables with two synthetic rows each. Foreign keys with ON DELETE CASCADE, "     \
	  "triggers, and copies that leave rows out do that without a DELETE in sight. It is a "   \
	  "note where only some rows went, or a DELETE of another table took them along.",         \
	  "CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"                 \
	  "DROP TABLE users;\n"                                                                    \
	  "ALTER TABLE new_users RENAME TO users;",                                                \
	  "INSERT INTO new_users SELECT id, name FROM users;\n"                                    \
	  "\n"                                                                                     \
	  "before the DROP; or, when the loss is meant: -- migrate:up allow:data-loss")            \
	X(DOWN_FAILS_ON_ROWS, "down-fails-on-rows", ERROR, LINT,                                   \
	  "a down that runs on empty tables and fails on tables with rows",                        \
	  "A way back that works as long as nobody has used the program is none.",                 \
	  "-- migrate:up allow:data-loss\n"                                                        \
	  "ALTER TABLE users DROP COLUMN name;\n"                                                  \
	  "-- migrate:down\n"                                                                      \
	  "ALTER TABLE users ADD COLUMN name TEXT NOT NULL;",                                      \
	  "ALTER TABLE users ADD COLUMN name TEXT NOT NULL DEFAULT '';")                           \
	X(DOWN_LOSES_ROWS, "down-loses-rows", ERROR, LINT,                                         \
	  "a down destroys rows of a table that its up did not make",                              \
	  "A down takes back what the up did. The rows were there before, and nothing brings "     \
	  "them back.",                                                                            \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABLE users;\n"                                                                    \
	  "CREATE TABLE users (id INTEGER PRIMARY KEY);",                                          \
	  "ALTER TABLE users DROP COLUMN note;\n"                                                  \
	  "\n"                                                                                     \
	  "or, when the loss is meant: -- migrate:down allow:data-loss")                           \
	X(REPLAY_UNFILLED, "replay-unfilled", NOTE, LINT,                                          \
	  "a table for which no row could be made up",                                             \
	  "It stays empty in the run on tables with rows, so that what later migrations do to "    \
	  "its rows is not seen.",                                                                 \
	  "CREATE TABLE codes (code TEXT NOT NULL CHECK (code GLOB 'X[0-9][0-9]-*'));",            \
	  "-- migrate:sample\n"                                                                    \
	  "INSERT INTO codes VALUES ('X01-a'), ('X02-b');")                                        \
	X(REBUILD_CASCADE, "rebuild-cascade", WARNING, LINT,                                       \
	  "the rebuild of a table that others reference with an action",                           \
	  "While foreign keys are on, DROP TABLE deletes the rows of the parent first, and ON "    \
	  "DELETE CASCADE, SET NULL or SET DEFAULT follows in the children. bobolink runs the "    \
	  "section with foreign keys off and checks them before the commit; the same SQL run by "  \
	  "hand or by another tool would lose rows.",                                              \
	  "CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"                 \
	  "INSERT INTO new_users SELECT id, name FROM users;\n"                                    \
	  "DROP TABLE users;\n"                                                                    \
	  "ALTER TABLE new_users RENAME TO users;",                                                \
	  "PRAGMA foreign_keys=OFF;\n"                                                             \
	  "CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"                 \
	  "INSERT INTO new_users SELECT id, name FROM users;\n"                                    \
	  "DROP TABLE users;\n"                                                                    \
	  "ALTER TABLE new_users RENAME TO users;")                                                \
	X(REBUILD_LOSES, "rebuild-loses", WARNING, LINT,                                           \
	  "a rebuild that loses an index or a trigger",                                            \
	  "Indexes and triggers go with the table they stand on; a rebuild has to create them "    \
	  "again.",                                                                                \
	  "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);\n"                \
	  "INSERT INTO new_users SELECT id, email FROM users;\n"                                   \
	  "DROP TABLE users;\n"                                                                    \
	  "ALTER TABLE new_users RENAME TO users;",                                                \
	  "and after the rename:\n"                                                                \
	  "CREATE UNIQUE INDEX users_email ON users (email);\n"                                    \
	  "\n"                                                                                     \
	  "or, when it is to go, by name: DROP INDEX users_email;")                                \
	X(IF_NOT_EXISTS, "if-not-exists", WARNING, LINT,                                           \
	  "IF NOT EXISTS hides that the object exists",                                            \
	  "The statement does nothing, so what it says is not what the schema is. A migration "    \
	  "knows what it finds; IF NOT EXISTS belongs in scripts that do not.",                    \
	  "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, email TEXT);",                \
	  "ALTER TABLE users ADD COLUMN email TEXT;")                                              \
	X(DROP_MISSING, "drop-missing", NOTE, LINT,                                                \
	  "DROP … IF EXISTS of something that is not there",                                       \
	  "The statement does nothing; most often the name is misspelt or the object was "         \
	  "renamed.",                                                                              \
	  "DROP INDEX IF EXISTS user_email;", "DROP INDEX users_email;")                           \
	X(SELECT_WITHOUT_EFFECT, "select-without-effect", NOTE, LINT,                              \
	  "a SELECT whose rows nobody reads",                                                      \
	  "A query left over from trying things out. A SELECT without FROM is not reported: it "   \
	  "may call a function for its effect.",                                                   \
	  "SELECT count(*) FROM users;", "Remove the statement.")                                  \
	X(TEMPORARY_LEFT, "temporary-left", NOTE, LINT, "a temporary object that is not dropped",  \
	  "Migrations run on the application's own connection, where it stays until the "          \
	  "connection is closed, and hides an object of the same name.",                           \
	  "CREATE TEMP TABLE copy AS SELECT * FROM users;", "DROP TABLE temp.copy;")               \
	X(TYPE_AFFINITY, "type-affinity", WARNING, LINT,                                           \
	  "a type that stores something else than it says",                                        \
	  "SQLite derives a column's behaviour from pieces of its type's name: STRING is none of " \
	  "them and becomes NUMERIC, so '007' is stored as 7 and '1e3' as 1000; FLOATING POINT "   \
	  "contains INT.",                                                                         \
	  "CREATE TABLE items (code STRING);", "CREATE TABLE items (code TEXT);")                  \
	X(INT_PRIMARY_KEY, "int-primary-key", NOTE, LINT, "INT PRIMARY KEY is not the row id",     \
	  "Only the very word INTEGER makes a primary key the row id. With INT or BIGINT the "     \
	  "column is not numbered by itself, may be NULL, and costs an index of its own.",         \
	  "CREATE TABLE users (id INT PRIMARY KEY);",                                              \
	  "CREATE TABLE users (id INTEGER PRIMARY KEY);")                                          \
	X(UNINDEXED_FOREIGN_KEY, "unindexed-foreign-key", NOTE, LINT,                              \
	  "a foreign key whose columns have no index",                                             \
	  "Deleting or changing a row of the parent reads the whole child table. Reported when "   \
	  "the last migration has left it so.",                                                    \
	  "CREATE TABLE orders (user_id INTEGER REFERENCES users (id));",                          \
	  "CREATE INDEX orders_user_id ON orders (user_id);")                                      \
	X(DIALECT, "dialect", ERROR, TEXT, "SQL of another database",                              \
	  "Some of it SQLite refuses; some it accepts and does something else: SERIAL is a type "  \
	  "name like any other, and the column stays NULL.",                                       \
	  "CREATE TABLE users (id SERIAL PRIMARY KEY, at TEXT DEFAULT (now()));",                  \
	  "CREATE TABLE users (id INTEGER PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP);")       \
	X(RESERVED_NAME, "reserved-name", ERROR, TEXT, "a name that begins with bobolink_",        \
	  "These tables hold what was applied; a migration that touches them changes what the "    \
	  "next start believes.",                                                                  \
	  "DELETE FROM bobolink_history WHERE version = 7;", "bobolink lock --amend 7")            \
	X(UNUSED_ALLOW, "unused-allow", WARNING, LINT, "an allowance that silences nothing",       \
	  "It was written for something that is gone, stands at the wrong statement, or names a "  \
	  "rule that cannot be silenced; left alone it would hide the next mistake.",              \
	  "-- bobolink:allow data-loss old\nCREATE TABLE users (id INTEGER PRIMARY KEY);",         \
	  "Remove the comment, or move it to the line above the statement.")                       \
	X(UNKNOWN_RULE, "unknown-rule", ERROR, LINT,                                               \
	  "an allowance names a rule that does not exist", "It silences nothing.",                 \
	  "-- bobolink:allow dataloss reviewed\nDROP TABLE old_users;",                            \
	  "-- bobolink:allow data-loss reviewed\nDROP TABLE old_users;\n"                          \
	  "\n"                                                                                     \
	  "bobolink explain lists the names.")

#endif
