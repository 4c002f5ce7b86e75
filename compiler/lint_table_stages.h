/* The rules that the other stages report, in the columns of lint_table.h. No allowance silences them. */
#ifndef LINT_TABLE_STAGES_H
#define LINT_TABLE_STAGES_H

#define LINT_TABLE_STAGES(X)                                                                       \
	X(UNREADABLE, "unreadable", ERROR, SCAN, "a file or directory that cannot be read",        \
	  "The message is the operating system's.", "",                                            \
	  "Give the user who builds the right to read it: chmod u+r FILE.")                        \
	X(FOREIGN_FILE, "foreign-file", ERROR, SCAN, "a file that is no migration",                \
	  "A migration with a misspelt name would never run, without a word. README "              \
	  "files, migrations.lock, migrations.snapshot and names that begin with a dot "           \
	  "may stand beside the migrations, fixes in the folder fixes/.",                          \
	  "migrations/create_users.sql", "migrations/0001_create_users.sql")                       \
	X(FILE_NAME, "file-name", ERROR, SCAN, "a name that is almost that of a migration",        \
	  "A name is a version, an underscore and words: 0001_create_users.sql, "                  \
	  "0001_create_users.up.sql with 0001_create_users.down.sql, or a directory "              \
	  "0001_create_users with up.sql and down.sql; a fix is fixes/0001_clean_orphans.sql, a "  \
	  "repeatable R__orders_view.sql.",                                                        \
	  "migrations/0001-create-users.sql", "migrations/0001_create_users.sql")                  \
	X(NOT_A_FILE, "not-a-file", ERROR, SCAN,                                                   \
	  "a FIFO, device or directory where a file should be", "Reading it could wait for ever.", \
	  "", "Put a file with SQL in its place, or delete it.")                                   \
	X(NOT_UTF8, "not-utf8", ERROR, SCAN, "bytes that are not UTF-8",                           \
	  "Databases store text as UTF-8; other bytes come back as something else.", "",           \
	  "Convert the file: iconv -f LATIN1 -t UTF-8 FILE")                                       \
	X(NUL_BYTE, "nul-byte", ERROR, SCAN, "a NUL byte",                                         \
	  "Databases stop reading there, without a word.", "",                                     \
	  "Delete it; a NUL inside data is written x'00'.")                                        \
	X(CHANGED_WHILE_READ, "changed-while-read", ERROR, SCAN,                                   \
	  "a file that changed while it was read",                                                 \
	  "What was compiled would be neither the old nor the new one.", "",                       \
	  "Build again when the editor or the checkout has finished.")                             \
	X(EMPTY_SET, "empty-set", WARNING, SCAN, "a directory without migrations",                 \
	  "The program is built with an empty set: it applies nothing.", "",                       \
	  "bobolink new create_users")                                                             \
	X(DUPLICATE_VERSION, "duplicate-version", ERROR, ORDER,                                    \
	  "two migrations, or two fixes, with one number",                                         \
	  "Which of them runs first would be chance. It happens when two branches are "            \
	  "merged.",                                                                               \
	  "migrations/0007_orders.sql\n"                                                           \
	  "migrations/0007_prices.sql",                                                            \
	  "migrations/0007_orders.sql\n"                                                           \
	  "migrations/0008_prices.sql")                                                            \
	X(CASE_CLASH, "case-clash", ERROR, ORDER, "two names that differ in case only",            \
	  "On some file systems they are one file.",                                               \
	  "migrations/0007_Orders.up.sql\n"                                                        \
	  "migrations/0007_orders.down.sql",                                                       \
	  "migrations/0007_orders.up.sql\n"                                                        \
	  "migrations/0007_orders.down.sql")                                                       \
	X(NAME_MISMATCH, "name-mismatch", ERROR, ORDER,                                            \
	  "an up and a down of one version with different names", "They may not belong together.", \
	  "migrations/0007_orders.up.sql\n"                                                        \
	  "migrations/0007_order.down.sql",                                                        \
	  "migrations/0007_orders.up.sql\n"                                                        \
	  "migrations/0007_orders.down.sql")                                                       \
	X(DOWN_WITHOUT_UP, "down-without-up", ERROR, ORDER, "a down file without its up",          \
	  "There is nothing that it could undo.", "migrations/0007_orders.down.sql",               \
	  "migrations/0007_orders.up.sql\n"                                                        \
	  "migrations/0007_orders.down.sql")                                                       \
	X(VERSION_GAP, "version-gap", WARNING, ORDER, "a number missing in the sequence",          \
	  "A file was forgotten, or will come from another branch and be out of order "            \
	  "then.",                                                                                 \
	  "migrations/0001_users.sql\n"                                                            \
	  "migrations/0003_orders.sql",                                                            \
	  "migrations/0001_users.sql\n"                                                            \
	  "migrations/0002_orders.sql")                                                            \
	X(EMPTY_MIGRATION, "empty-migration", WARNING, ORDER, "a section without statements",      \
	  "It does nothing; an empty down restores nothing.",                                      \
	  "-- migrate:up\n"                                                                        \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABLE users;",                                                                     \
	  "-- migrate:up\n"                                                                        \
	  "CREATE TABLE users (id INTEGER PRIMARY KEY);\n"                                         \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABLE users;")                                                                     \
	X(LOCK_PENDING, "lock-pending", ERROR, LOCK, "a migration that is not in the lock file",   \
	  "While developing this is a note. With --locked, as in a release build, it "             \
	  "is an error: what is released must be sealed.",                                         \
	  "", "bobolink lock")                                                                     \
	X(LOCKED_EDITED, "locked-edited", ERROR, LOCK, "a locked migration was edited",            \
	  "It has run somewhere as it was; databases that have it and databases that "             \
	  "get the edited one would differ.",                                                      \
	  "",                                                                                      \
	  "Undo the edit and write a new migration; one that failed everywhere is "                \
	  "mended with bobolink lock --amend VERSION")                                             \
	X(LOCKED_REMOVED, "locked-removed", ERROR, LOCK, "a locked migration is missing",          \
	  "Databases that have it could not be compared with the set any more.", "",               \
	  "Bring the file back: git checkout -- FILE")                                             \
	X(LOCKED_RENAMED, "locked-renamed", ERROR, LOCK, "a locked migration was renamed",         \
	  "Its version and name are recorded in databases.", "", "Give it its name back.")         \
	X(OUT_OF_ORDER, "out-of-order", ERROR, LOCK, "a new migration before the last locked one", \
	  "Databases that have the later ones would apply it after them, new databases "           \
	  "before them.",                                                                          \
	  "migrations/0004_late.sql, when 0007 is locked",                                         \
	  "Rename it so that it comes last: migrations/0008_late.sql, or accept both "             \
	  "orders with --out-of-order")                                                            \
	X(LOCK_CONFLICT, "lock-conflict", ERROR, LOCK, "a merge conflict in the lock file",        \
	  "Two branches added migrations; their order has to be decided.", "",                     \
	  "Resolve the conflict, give the later branch's files higher numbers, and run "           \
	  "bobolink lock")                                                                         \
	X(LOCK_FORMAT, "lock-format", ERROR, LOCK, "a lock file that cannot be read",              \
	  "A line is an entry and its checksum; the header names the format and the "              \
	  "digest.",                                                                               \
	  "", "Bring it back: git checkout -- migrations.lock")                                    \
	X(LOCK_DIGEST, "lock-digest", ERROR, LOCK, "the lock file does not match its own header",  \
	  "It was edited by hand, or merged line by line.", "",                                    \
	  "Bring it back: git checkout -- migrations.lock")                                        \
	X(AMEND, "amend", ERROR, LOCK, "--amend names a version that cannot be amended",           \
	  "Only a locked migration that was edited since has a checksum to accept.",               \
	  "bobolink lock --amend 7", "bobolink lock")                                              \
	X(UNTERMINATED_STRING, "unterminated-string", ERROR, LEXER,                                \
	  "a string that is never closed", "Everything after it would belong to the string.",      \
	  "INSERT INTO notes VALUES ('it's');", "INSERT INTO notes VALUES ('it''s');")             \
	X(UNTERMINATED_IDENTIFIER, "unterminated-identifier", ERROR, LEXER,                        \
	  "a quoted identifier that is never closed",                                              \
	  "Everything after it would belong to the name.", "CREATE TABLE \"users (id INTEGER);",   \
	  "CREATE TABLE \"users\" (id INTEGER);")                                                  \
	X(UNTERMINATED_BLOB, "unterminated-blob", ERROR, LEXER, "a blob that is never closed",     \
	  "Everything after it would belong to the blob.",                                         \
	  "INSERT INTO icons VALUES (x'89504e47);", "INSERT INTO icons VALUES (x'89504e47');")     \
	X(UNTERMINATED_COMMENT, "unterminated-comment", ERROR, LEXER,                              \
	  "a comment that is never closed",                                                        \
	  "SQLite would ignore the rest of the file without a word; in PostgreSQL comments nest, " \
	  "and each needs its own */.",                                                            \
	  "/* users\n"                                                                             \
	  "CREATE TABLE users (id INTEGER);",                                                      \
	  "/* users */\n"                                                                          \
	  "CREATE TABLE users (id INTEGER);")                                                      \
	X(COMMENT_END, "comment-end", ERROR, LEXER, "a */ that closes no comment",                 \
	  "Comments do not nest in SQLite: the first */ closes all that was opened "               \
	  "before it. In PostgreSQL they do, and each needs its own.",                             \
	  "/* a /* b */ c */", "/* a b c */")                                                      \
	X(MALFORMED_BLOB, "malformed-blob", ERROR, LEXER,                                          \
	  "a blob that is not an even number of hexadecimal digits", "Two digits make a byte.",    \
	  "INSERT INTO icons VALUES (x'895');", "INSERT INTO icons VALUES (x'0895');")             \
	X(MALFORMED_NUMBER, "malformed-number", ERROR, LEXER,                                      \
	  "a number and a name that run into each other", "No name begins with a digit.",          \
	  "CREATE TABLE 2fa (id INTEGER);", "CREATE TABLE \"2fa\" (id INTEGER);")                  \
	X(MALFORMED_PARAMETER, "malformed-parameter", ERROR, LEXER,                                \
	  "a parameter that runs into something else",                                             \
	  "A migration has no parameters; most often this is a string without quotes.",            \
	  "SELECT $a(b;", "SELECT '$a(b';")                                                        \
	X(UNEXPECTED_CHARACTER, "unexpected-character", ERROR, LEXER,                              \
	  "a character that begins no token",                                                      \
	  "It is no SQL: a placeholder, a cast of another database, a stray byte.",                \
	  "INSERT INTO settings VALUES ({{ name }});", "INSERT INTO settings VALUES ('name');")    \
	X(PSQL_COMMAND, "psql-command", ERROR, LEXER,                                              \
	  "a command of psql, which begins with a backslash",                                      \
	  "psql carries these out itself and sends the server nothing. A migration is sent by "    \
	  "the program, which knows SQL only.",                                                    \
	  "\\set limit 100", "Write what the command would have done: the help line says how.")    \
	X(COPY_THROUGH_CLIENT, "copy-through-client", ERROR, LEXER,                                \
	  "COPY from stdin or to stdout",                                                          \
	  "The rows would travel beside the statement, from or to the client. What follows such "  \
	  "a COPY up to a line \\. is data and no SQL.",                                           \
	  "COPY users (name) FROM stdin;\n"                                                        \
	  "ann\n"                                                                                  \
	  "\\.",                                                                                   \
	  "INSERT INTO users (name) VALUES ('ann');")                                              \
	X(UNBALANCED_PARENTHESIS, "unbalanced-parenthesis", ERROR, SPLIT,                          \
	  "a parenthesis without its partner",                                                     \
	  "On PostgreSQL a semicolon inside parentheses does not end a statement, so the rest of " \
	  "the file would belong to it.",                                                          \
	  "CREATE TABLE users (id bigint, name varchar(10);",                                      \
	  "CREATE TABLE users (id bigint, name varchar(10));")                                     \
	X(UNTERMINATED_BODY, "unterminated-body", ERROR, SPLIT, "a BEGIN ATOMIC without its END",  \
	  "The semicolons inside the body do not end the statement; the rest of the file would "   \
	  "belong to it.",                                                                         \
	  "CREATE FUNCTION one() RETURNS int\n"                                                    \
	  "BEGIN ATOMIC\n"                                                                         \
	  "  SELECT 1;",                                                                           \
	  "CREATE FUNCTION one() RETURNS int\n"                                                    \
	  "BEGIN ATOMIC\n"                                                                         \
	  "  SELECT 1;\n"                                                                          \
	  "END;")                                                                                  \
	X(UNTERMINATED_TRIGGER, "unterminated-trigger", ERROR, SPLIT, "a trigger without its END", \
	  "A trigger's body ends with END; and holds every semicolon before it.",                  \
	  "CREATE TRIGGER t AFTER INSERT ON users BEGIN\n"                                         \
	  "  UPDATE stats SET n = n + 1;",                                                         \
	  "CREATE TRIGGER t AFTER INSERT ON users BEGIN\n"                                         \
	  "  UPDATE stats SET n = n + 1;\n"                                                        \
	  "END;")                                                                                  \
	X(SPLIT_MISMATCH, "split-mismatch", ERROR, SPLIT,                                          \
	  "the database sees another end of the statement",                                        \
	  "The statements of a file are found by bobolink's lexer and confirmed by "               \
	  "the database's own; where the two differ nothing is guessed.",                          \
	  "", "Divide the file so that each statement ends with one semicolon.")                   \
	X(DUPLICATE_SECTION, "duplicate-section", ERROR, DIRECTIVE,                                \
	  "a second up or down section in one file", "A migration has one of each.",               \
	  "-- migrate:up\n"                                                                        \
	  "CREATE TABLE a (x);\n"                                                                  \
	  "-- migrate:up\n"                                                                        \
	  "CREATE TABLE b (x);",                                                                   \
	  "-- migrate:up\n"                                                                        \
	  "CREATE TABLE a (x);\n"                                                                  \
	  "CREATE TABLE b (x);")                                                                   \
	X(MISPLACED_DIRECTIVE, "misplaced-directive", ERROR, DIRECTIVE,                            \
	  "a directive in the middle of a line or a statement", "It would be easy to overlook.",   \
	  "CREATE TABLE a (x); -- migrate:down",                                                   \
	  "CREATE TABLE a (x);\n"                                                                  \
	  "-- migrate:down")                                                                       \
	X(MISSING_UP, "missing-up", ERROR, DIRECTIVE, "a down section without an up",              \
	  "There is nothing that it could undo.",                                                  \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABLE a;",                                                                         \
	  "-- migrate:up\n"                                                                        \
	  "CREATE TABLE a (x);\n"                                                                  \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABLE a;")                                                                         \
	X(STATEMENT_BEFORE_SECTION, "statement-before-section", ERROR, DIRECTIVE,                  \
	  "a statement before the first section",                                                  \
	  "It would belong to neither the up nor the down.",                                       \
	  "CREATE TABLE a (x);\n"                                                                  \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABLE a;",                                                                         \
	  "-- migrate:up\n"                                                                        \
	  "CREATE TABLE a (x);\n"                                                                  \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABLE a;")                                                                         \
	X(WRONG_SECTION, "wrong-section", ERROR, DIRECTIVE,                                        \
	  "a down section in an up file, or an up section in a down file",                         \
	  "In a pair of files the name says which half it is.",                                    \
	  "0001_a.up.sql:\n"                                                                       \
	  "-- migrate:down",                                                                       \
	  "0001_a.down.sql:\n"                                                                     \
	  "-- migrate:down")                                                                       \
	X(UNKNOWN_DIRECTIVE, "unknown-directive", ERROR, DIRECTIVE,                                \
	  "a comment that is almost a directive",                                                  \
	  "Left as a comment it would put statements into the wrong section without a "            \
	  "word.",                                                                                 \
	  "-- migrate:don", "-- migrate:down")                                                     \
	X(ALLOW_REASON, "allow-reason", ERROR, DIRECTIVE,                                          \
	  "an allowance without a rule or a reason",                                               \
	  "The reason is for those who read the migration later.", "-- bobolink:allow data-loss",  \
	  "-- bobolink:allow data-loss the addresses moved to contacts in 0006")                   \
	X(UNREADABLE_SET, "unreadable-set", ERROR, REQUIRE,                                        \
	  "a set that requires: names and that cannot be read",                                    \
	  "Whether what is required is there can only be looked up in it.", "",                    \
	  "the directory of the set, as in --requires primary=DIR")                                \
	X(UNKNOWN_SET, "unknown-set", ERROR, REQUIRE,                                              \
	  "a required migration of a set that was not given",                                      \
	  "A note where no set of such a name was given, for then it is looked up when the "       \
	  "program runs; an error where the name is nearly one that was.",                         \
	  "-- migrate:up requires:primry/5", "-- migrate:up requires:primary/5")                   \
	X(UNKNOWN_VERSION, "unknown-version", ERROR, REQUIRE,                                      \
	  "a required migration that the other set does not have", "It would wait for ever.",      \
	  "-- migrate:up requires:primary/500", "-- migrate:up requires:primary/5")                \
	X(REQUIRES_CYCLE, "requires-cycle", ERROR, REQUIRE,                                        \
	  "migrations of two sets that wait for each other", "Neither could be applied first.",    \
	  "-- migrate:up requires:data/7", "-- migrate:up")                                        \
	X(UNKNOWN_SETTING, "unknown-setting", ERROR, DIRECTIVE, "a setting that does not exist",   \
	  "A misspelt setting would have no effect.", "-- migrate:up transacton:off",              \
	  "-- migrate:up transaction:off")                                                         \
	X(BAD_SETTING, "bad-setting", ERROR, DIRECTIVE, "a setting with a value it cannot have",   \
	  "The message says which values there are.", "-- migrate:up lock-timeout:5",              \
	  "-- migrate:up lock-timeout:5s")                                                         \
	X(DUPLICATE_SETTING, "duplicate-setting", ERROR, DIRECTIVE,                                \
	  "a setting that is given twice", "Only one of them could count.",                        \
	  "-- migrate:up transaction:on transaction:off", "-- migrate:up transaction:off")         \
	X(TRANSACTION_CONTROL, "transaction-control", ERROR, DIRECTIVE,                            \
	  "BEGIN, COMMIT, ROLLBACK or SAVEPOINT inside a migration",                               \
	  "bobolink runs the statements and their history row in one transaction of "              \
	  "its own; a COMMIT among them would leave half a migration behind. Around a "            \
	  "whole section BEGIN and COMMIT are accepted and not executed. In a locked "             \
	  "migration, where nobody can delete them, a whole BEGIN … COMMIT anywhere is left "    \
	  "out with a note.",                                                                      \
	  "CREATE TABLE a (x);\n"                                                                  \
	  "COMMIT;\n"                                                                              \
	  "CREATE TABLE b (x);",                                                                   \
	  "CREATE TABLE a (x);\n"                                                                  \
	  "CREATE TABLE b (x);")                                                                   \
	X(TRANSACTION_SETTING, "transaction-setting", ERROR, DIRECTIVE,                            \
	  "transaction:on with a statement that refuses a transaction",                            \
	  "VACUUM, ATTACH and PRAGMA journal_mode do not work inside one.",                        \
	  "-- migrate:up transaction:on\n"                                                         \
	  "VACUUM;",                                                                               \
	  "-- migrate:up\n"                                                                        \
	  "VACUUM;")                                                                               \
	X(FOREIGN_KEYS_PRAGMA, "foreign-keys-pragma", ERROR, DIRECTIVE,                            \
	  "PRAGMA foreign_keys in the middle of a section",                                        \
	  "Inside a transaction it does nothing, without a word. As the first "                    \
	  "statement of a section it is accepted: the whole section runs with foreign "            \
	  "keys off, and they are checked before the commit.",                                     \
	  "DELETE FROM b;\n"                                                                       \
	  "PRAGMA foreign_keys=OFF;\n"                                                             \
	  "DROP TABLE a;",                                                                         \
	  "PRAGMA foreign_keys=OFF;\n"                                                             \
	  "DELETE FROM b;\n"                                                                       \
	  "DROP TABLE a;")                                                                         \
	X(IRREVERSIBLE, "irreversible", ERROR, DIRECTIVE, "irreversible together with a down",     \
	  "Either there is a way back or there is none.",                                          \
	  "-- migrate:up irreversible:\"rows are gone\"\n"                                         \
	  "DROP TABLE a;\n"                                                                        \
	  "-- migrate:down\n"                                                                      \
	  "CREATE TABLE a (x);",                                                                   \
	  "-- migrate:up irreversible:\"rows are gone\"\n"                                         \
	  "DROP TABLE a;")                                                                         \
	X(SYNTAX_ERROR, "syntax-error", ERROR, SYNTAX,                                             \
	  "a statement that PostgreSQL's parser refuses",                                          \
	  "The message is the parser's own, that of libpg_query, which knows the grammar of one "  \
	  "version. A tool built without it leaves this to the server.",                           \
	  "ALTER TABLE users ADD COLUMM note text;", "ALTER TABLE users ADD COLUMN note text;")    \
	X(SQL_ERROR, "sql-error", ERROR, SHADOW, "the database refuses the statement",             \
	  "The whole chain runs on an empty scratch database when you build; the "                 \
	  "message is the database's own. It stays an error in a locked migration: "               \
	  "such a chain starts nowhere.",                                                          \
	  "ALTER TABLE order ADD COLUMN note TEXT;", "ALTER TABLE orders ADD COLUMN note TEXT;")   \
	X(DOWN_MISMATCH, "down-mismatch", ERROR, SHADOW,                                           \
	  "a down that does not restore the schema",                                               \
	  "Every down is proved when you build: up, down, compare, up again, compare. "            \
	  "The message names what was left behind or lost.",                                       \
	  "-- migrate:up\n"                                                                        \
	  "CREATE TABLE orders (id INTEGER PRIMARY KEY);\n"                                        \
	  "CREATE TABLE lines (id INTEGER PRIMARY KEY);\n"                                         \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABLE orders;",                                                                    \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABLE lines;\n"                                                                    \
	  "DROP TABLE orders;")                                                                    \
	X(DOWN_ERROR, "down-error", ERROR, SHADOW, "a down that the database refuses",             \
	  "It would fail on the day it is needed.",                                                \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABEL orders;",                                                                    \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABLE orders;")                                                                    \
	X(BROKEN_VIEW, "broken-view", ERROR, SHADOW, "a view that cannot be read",                 \
	  "SQLite does not look at what a view names when it is created; after the "               \
	  "last migration every view is read once.",                                               \
	  "CREATE VIEW v AS SELECT nam FROM users;", "CREATE VIEW v AS SELECT name FROM users;")   \
	X(BROKEN_TRIGGER, "broken-trigger", ERROR, SHADOW, "a trigger that cannot run",            \
	  "SQLite does not look at what a trigger names when it is created; it would "             \
	  "fail at the first INSERT.",                                                             \
	  "CREATE TRIGGER t AFTER INSERT ON users BEGIN\n"                                         \
	  "  UPDATE stat SET n = n + 1;\n"                                                         \
	  "END;",                                                                                  \
	  "CREATE TRIGGER t AFTER INSERT ON users BEGIN\n"                                         \
	  "  UPDATE stats SET n = n + 1;\n"                                                        \
	  "END;")                                                                                  \
	X(MISSING_PARENT, "missing-parent", ERROR, SHADOW,                                         \
	  "a foreign key to a table or key that does not exist",                                   \
	  "SQLite accepts it, and every INSERT fails while foreign keys are on.",                  \
	  "CREATE TABLE orders (user_id INTEGER REFERENCES user (id));",                           \
	  "CREATE TABLE orders (user_id INTEGER REFERENCES users (id));")                          \
	X(ORPHAN_ROW, "orphan-row", NOTE, SHADOW,                                                  \
	  "a row that refers to a row which no migration makes",                                   \
	  "A program with foreign keys on cannot run the migration, unless the row is in its "     \
	  "database already.",                                                                     \
	  "INSERT INTO orders (user_id) VALUES (7);",                                              \
	  "INSERT INTO users (id) VALUES (7); INSERT INTO orders (user_id) VALUES (7);")           \
	X(DOUBLE_QUOTED_STRING, "double-quoted-string", ERROR, SHADOW,                             \
	  "a name in double quotes that SQLite takes for a string",                                \
	  "When no column has the name, SQLite reads \"nmae\" as the text 'nmae', "                \
	  "without a word.",                                                                       \
	  "UPDATE users SET name = \"unknown\";", "UPDATE users SET name = 'unknown';")            \
	X(OUTPUT, "output", ERROR, EMIT, "a generated file that cannot be written",                \
	  "The message is the operating system's; the files are as they were before.", "",         \
	  "Make the directory: mkdir -p DIR")                                                      \
	X(SAMPLE_ERROR, "sample-error", ERROR, SHADOW,                                             \
	  "a sample section that the database refuses",                                            \
	  "Its rows are inserted when you build, after the migration's up, into tables that "      \
	  "have rows of earlier sections or made-up ones.",                                        \
	  "-- migrate:sample\nINSERT INTO users (nam) VALUES ('Ada');",                            \
	  "-- migrate:sample\nINSERT INTO users (name) VALUES ('Ada');")                           \
	X(UP_AGAIN, "up-again", ERROR, SHADOW, "an up that gives another schema after its down",   \
	  "Every down is proved when you build: up, down, up again. The second up "                \
	  "meets what the down left behind.",                                                      \
	  "-- migrate:up\n"                                                                        \
	  "CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY);\n"                          \
	  "-- migrate:down",                                                                       \
	  "-- migrate:up\n"                                                                        \
	  "CREATE TABLE orders (id INTEGER PRIMARY KEY);\n"                                        \
	  "-- migrate:down\n"                                                                      \
	  "DROP TABLE orders;")                                                                    \
	X(UNPROVEN, "unproven", NOTE, SHADOW, "SQL that did not run when you built",               \
	  "With --shadow off, or shadow:off in a section, mistakes show when the "                 \
	  "program starts, and findings that need the schema are not made. On PostgreSQL, where "  \
	  "there was neither a server nor a snapshot, this is a warning, an error with --locked.", \
	  "-- migrate:up shadow:off reason:\"needs a module\"",                                    \
	  "Declare what is missing: --shadow-function normalize/1, --shadow-extension "            \
	  "PATH")                                                                                  \
	X(SEED_CHANGES_SCHEMA, "seed-changes-schema", ERROR, SHADOW,                               \
	  "a migration for some environments that changes the schema",                             \
	  "With only: or except: databases of other environments skip it. They would differ in "   \
	  "more than rows, and nothing that is checked against the schema would hold for all.",    \
	  "-- migrate:up only:development\n"                                                       \
	  "CREATE TABLE samples (id INTEGER PRIMARY KEY);",                                        \
	  "-- migrate:up only:development\n"                                                       \
	  "INSERT INTO users (name) VALUES ('Ada');")                                              \
	X(REPEATABLE_DIFFERS, "repeatable-differs", ERROR, SHADOW,                                 \
	  "a repeatable that cannot run twice",                                                    \
	  "It runs again whenever its text has changed, on what it has made before. When you "     \
	  "build, all repeatables run twice, and the second run may change nothing.",              \
	  "CREATE VIEW open_orders AS SELECT * FROM orders WHERE open;",                           \
	  "DROP VIEW IF EXISTS open_orders;\n"                                                     \
	  "CREATE VIEW open_orders AS SELECT * FROM orders WHERE open;")                           \
	X(REPEATABLE_IN_THE_WAY, "repeatable-in-the-way", WARNING, SHADOW,                         \
	  "a down that does not run where the repeatables have run",                               \
	  "A view keeps the database from dropping what it reads. The down was proved without "    \
	  "the repeatables' views; in production they are there. What the down drops of them, "    \
	  "the next run makes again.",                                                             \
	  "-- migrate:down allow:data-loss\n"                                                      \
	  "ALTER TABLE orders DROP COLUMN open;",                                                  \
	  "-- migrate:down allow:data-loss\n"                                                      \
	  "DROP VIEW IF EXISTS open_orders;\n"                                                     \
	  "ALTER TABLE orders DROP COLUMN open;")                                                  \
	X(FIX_GUARD, "fix-guard", ERROR, SHADOW,                                                   \
	  "a should-run that does not answer with one truth value",                                \
	  "Guards are asked in order until one is not true. Each is a query that writes nothing "  \
	  "and answers with one row of one truth value, without an error. A fix that may run "     \
	  "before the first migration has one that is false on an empty database.",                \
	  "-- fix:should-run\n"                                                                    \
	  "SELECT count(*) FROM orders WHERE user_id IS NULL;",                                    \
	  "-- fix:should-run requires:0005\n"                                                      \
	  "SELECT count(*) > 0 FROM orders WHERE user_id IS NULL;")                                \
	X(FIX_UNPROVEN, "fix-unproven", NOTE, SHADOW, "a fix that was not tried when you built",   \
	  "Without a fix:given nobody knows what the problem looks like: its guards are asked, "   \
	  "and its statements prepared, but whether it helps shows when it runs.",                 \
	  "-- fix:should-run requires:0005\n"                                                      \
	  "SELECT count(*) > 0 FROM orders WHERE user_id IS NULL;\n"                               \
	  "-- fix:execute allow:data-loss\n"                                                       \
	  "DELETE FROM orders WHERE user_id IS NULL;",                                             \
	  "-- fix:given\n"                                                                         \
	  "INSERT INTO orders (user_id) VALUES (NULL);")                                           \
	X(FIX_FAILS, "fix-fails", ERROR, SHADOW, "a section of a fix that does not run",           \
	  "fix:given runs first, then fix:execute, then fix:undo, at the point of the chain "      \
	  "where the fix has its place.",                                                          \
	  "-- fix:execute\n"                                                                       \
	  "UPDATE order SET total = 0 WHERE total IS NULL;",                                       \
	  "-- fix:execute\n"                                                                       \
	  "UPDATE orders SET total = 0 WHERE total IS NULL;")                                      \
	X(FIX_DOES_NOT_HELP, "fix-does-not-help", ERROR, SHADOW,                                   \
	  "a fix whose guards are still true after it has run",                                    \
	  "It would not have solved what it was written for.",                                     \
	  "-- fix:should-run requires:0005\n"                                                      \
	  "SELECT count(*) > 0 FROM orders WHERE total IS NULL;\n"                                 \
	  "-- fix:execute\n"                                                                       \
	  "UPDATE orders SET total = 0 WHERE total < 0;",                                          \
	  "-- fix:execute\n"                                                                       \
	  "UPDATE orders SET total = 0 WHERE total IS NULL;")                                      \
	X(FIX_CHANGES_SCHEMA, "fix-changes-schema", ERROR, SHADOW,                                 \
	  "a fix that leaves another schema than the migrations make",                             \
	  "A fix runs in some databases and not in others: whatever it leaves in the schema "      \
	  "would be drift. It may take away what fix:given has made.",                             \
	  "-- fix:execute\n"                                                                       \
	  "ALTER TABLE orders ADD COLUMN mended INTEGER;",                                         \
	  "bobolink new add_mended, and a fix that requires it")                                   \
	X(FIX_UNDO_DIFFERS, "fix-undo-differs", ERROR, SHADOW,                                     \
	  "a fix:undo that does not bring back what the fix found",                                \
	  "The schema and all rows are compared with those after fix:given.",                      \
	  "-- fix:execute allow:data-loss\n"                                                       \
	  "DELETE FROM orders WHERE user_id IS NULL;\n"                                            \
	  "-- fix:undo\n"                                                                          \
	  "INSERT INTO orders (user_id) VALUES (NULL);",                                           \
	  "Keep what is removed in a table, or leave fix:undo out.")                               \
	X(SHADOW_FUNCTION, "shadow-function", ERROR, SHADOW,                                       \
	  "a function of the application that cannot be declared",                                 \
	  "A declaration is a name, a slash and the number of arguments, -1 for any. On "          \
	  "PostgreSQL they and the result are text.",                                              \
	  "bobolink check --shadow-function normalize migrations",                                 \
	  "bobolink check --shadow-function normalize/1 migrations")                               \
	X(SHADOW_EXTENSION, "shadow-extension", ERROR, SHADOW,                                     \
	  "an extension that cannot be loaded",                                                    \
	  "The shadow database runs on the machine that builds and loads the extension "           \
	  "built for it, SQLite and the tool for its functions that migrations call. On "          \
	  "PostgreSQL what is no path is the name of one that an administrator has installed "     \
	  "in the database beforehand.",                                                           \
	  "bobolink check --shadow-extension ./vec.so migrations",                                 \
	  "Name a file that exists and is built for this machine, or an extension that the "       \
	  "server has.")                                                                           \
	X(SHADOW_SERVER, "shadow-server", ERROR, SHADOW,                                           \
	  "a PostgreSQL server on which nothing can be run",                                       \
	  "The message says what failed. BOBOLINK_SHADOW_URL names a server on which the role "    \
	  "of the URL may make databases; without it one is started for the run.",                 \
	  "BOBOLINK_SHADOW_URL=postgres://ada@db:6432/shop",                                       \
	  "Give the role CREATEDB and connect to the server itself, not to a pooler; or unset "    \
	  "the variable.")                                                                         \
	X(STALE_SNAPSHOT, "stale-snapshot", WARNING, SHADOW,                                       \
	  "the snapshot was written for other migrations",                                         \
	  "Where there is no PostgreSQL server, migrations.snapshot says what the migrations do, " \
	  "and "                                                                                   \
	  "this one says what others did. There it is an error, and so it is with --locked.",      \
	  "migrations/0007_orders.sql, edited after bobolink snapshot migrations",                 \
	  "bobolink snapshot migrations")                                                          \
	X(SNAPSHOT_FORMAT, "snapshot-format", ERROR, SHADOW, "a snapshot that cannot be read",     \
	  "It was cut off, or is none of PostgreSQL, or of a newer bobolink. The header names "    \
	  "the "                                                                                   \
	  "format and the server; a block is the line of a migration and its changes.",            \
	  "", "bobolink snapshot migrations")                                                      \
	X(SNAPSHOT_EDITED, "snapshot-edited", ERROR, SHADOW,                                       \
	  "a block of the snapshot does not have its own checksum",                                \
	  "It was edited by hand or lost lines; what it says is not what the database said.", "",  \
	  "bobolink snapshot migrations")                                                          \
	X(SNAPSHOT_CONFLICT, "snapshot-conflict", ERROR, SHADOW,                                   \
	  "a merge conflict in the snapshot",                                                      \
	  "Two branches added migrations. Nothing has to be chosen: it is written anew.", "",      \
	  "Put the migrations in order, then run bobolink snapshot migrations")                    \
	X(UNBOUND_PARAMETER, "unbound-parameter", ERROR, DIRECTIVE, "a parameter without a value", \
	  "Nobody binds a value to it: PostgreSQL refuses the statement, and SQLite takes it for " \
	  "NULL, without a word.",                                                                 \
	  "INSERT INTO users (name) VALUES (:name);", "INSERT INTO users (name) VALUES ('ann');")  \
	X(MISPLACED_SETTING, "misplaced-setting", ERROR, DIRECTIVE,                                \
	  "a setting on a line where it does not belong",                                          \
	  "Each setting belongs to some sections and means nothing in the others. What "           \
	  "a fix waits for stands on its should-run or execute line; docs/scripts.md "             \
	  "lists them.",                                                                           \
	  "-- migrate:down requires:primary/5", "-- migrate:up requires:primary/5")                \
	X(CALL_WITH_STATEMENTS, "call-with-statements", ERROR, DIRECTIVE,                          \
	  "a section that names a function and holds SQL",                                         \
	  "The function stands for the whole section. Whether the SQL runs before it "             \
	  "or after it would be anybody's guess.",                                                 \
	  "-- migrate:up call:fill_names\nALTER TABLE users ADD COLUMN name TEXT;",                \
	  "migrations/0007_add_name.sql with the ALTER TABLE, "                                    \
	  "and\nmigrations/0008_fill_names.sql:\n-- migrate:up call:fill_names")                   \
	X(MISSING_SECTION, "missing-section", ERROR, DIRECTIVE,                                    \
	  "a fix without should-run or execute",                                                   \
	  "A fix looks before it acts: should-run says whether there is anything to "              \
	  "do, execute does it.",                                                                  \
	  "-- fix:execute\nDELETE FROM lines WHERE order_id NOT IN (SELECT id FROM orders);",      \
	  "-- fix:should-run\nSELECT EXISTS (SELECT 1 FROM lines WHERE order_id NOT IN "           \
	  "(SELECT id FROM orders));\n-- fix:execute\nDELETE FROM lines WHERE order_id "           \
	  "NOT IN (SELECT id FROM orders);")                                                       \
	X(MISSING_QUERY, "missing-query", ERROR, DIRECTIVE, "a should-run without a query",        \
	  "Nothing says whether the fix should run.",                                              \
	  "-- fix:should-run\n-- fix:execute\nDELETE FROM lines;",                                 \
	  "-- fix:should-run\nSELECT 1 = 1;")                                                      \
	X(GUARD_NOT_QUERY, "guard-not-query", ERROR, DIRECTIVE,                                    \
	  "a should-run that does more than ask",                                                  \
	  "It is asked at every start until the fix is done, outside a transaction, "              \
	  "and must leave everything as it is: SELECT, VALUES, or WITH before one of "             \
	  "them.",                                                                                 \
	  "-- fix:should-run\nDELETE FROM lines RETURNING 1;",                                     \
	  "-- fix:should-run\nSELECT EXISTS (SELECT 1 FROM lines);")                               \
	X(UNKNOWN_SCRIPT, "unknown-script", ERROR, ORDER,                                          \
	  "after: names a fix or repeatable that is not there",                                    \
	  "It would wait for ever. A fix is named by its number, a repeatable by what "            \
	  "stands between R__ and .sql.",                                                          \
	  "-- migrate:up after:order_view", "-- migrate:up after:orders_view")                     \
	X(AFTER_CYCLE, "after-cycle", ERROR, ORDER,                                                \
	  "fixes or repeatables that wait for each other", "None of them could ever run.",         \
	  "fixes/0003_a.sql: -- fix:execute after:0004\nfixes/0004_b.sql: -- "                     \
	  "fix:execute after:0003",                                                                \
	  "Delete after in one of them.")                                                          \
	X(LATE_FIX, "late-fix", NOTE, ORDER, "a fix that waits for one with when:after",           \
	  "It waits until the migrations are done, although its file says that it runs "           \
	  "before them.",                                                                          \
	  "-- fix:execute after:0003", "-- fix:execute after:0003 when:after")

#endif
