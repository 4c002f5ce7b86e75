/* The rules of lint that concern PostgreSQL alone, in the columns of lint_table.h. */
#ifndef LINT_TABLE_POSTGRES_H
#define LINT_TABLE_POSTGRES_H

#define LINT_TABLE_POSTGRES(X)                                                                    \
	X(INDEX_BLOCKS_WRITES, "index-blocks-writes", WARNING, LINT,                              \
	  "CREATE INDEX without CONCURRENTLY on an existing table",                               \
	  "Nobody can write to the table until the index is built. A concurrent build"            \
	  " takes longer and blocks nobody; it cannot run in a transaction, so it belongs"        \
	  " in a migration of its own. PostgreSQL.",                                              \
	  "CREATE INDEX orders_by_user ON orders (user_id);",                                     \
	  "in a migration of its own:\n"                                                          \
	  "CREATE INDEX CONCURRENTLY orders_by_user ON orders (user_id);")                        \
	X(CONSTRAINT_SCANS, "constraint-scans", WARNING, LINT,                                    \
	  "a FOREIGN KEY or CHECK that reads an existing table",                                  \
	  "Every row is checked while the table is locked. With NOT VALID only new rows"          \
	  " are checked at first; VALIDATE CONSTRAINT in a later transaction reads the"           \
	  " others without blocking writes. In the same transaction the lock of the first"        \
	  " statement would be held throughout. PostgreSQL.",                                     \
	  "ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES"        \
	  " users;",                                                                              \
	  "ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES"        \
	  " users\n"                                                                              \
	  "  NOT VALID;\n"                                                                        \
	  "\n"                                                                                    \
	  "and in the next migration:\n"                                                          \
	  "ALTER TABLE orders VALIDATE CONSTRAINT orders_user;")                                  \
	X(UNIQUE_BLOCKS, "unique-blocks", WARNING, LINT,                                          \
	  "a UNIQUE or PRIMARY KEY that builds its index under a lock",                           \
	  "Nobody can read or write the table until the index is built. An index that was"        \
	  " built concurrently becomes the constraint at once. PostgreSQL.",                      \
	  "ALTER TABLE users ADD CONSTRAINT users_email UNIQUE (email);",                         \
	  "in a migration of its own:\n"                                                          \
	  "CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);\n"                      \
	  "\n"                                                                                    \
	  "and in the next one:\n"                                                                \
	  "ALTER TABLE users ADD CONSTRAINT users_email UNIQUE USING INDEX users_email;")         \
	X(ADD_COLUMN_REWRITES, "add-column-rewrites", WARNING, LINT,                              \
	  "a new column whose values are computed for every row",                                 \
	  "A constant default costs nothing. A volatile one, serial, an identity and a"           \
	  " stored generated column write the whole table anew while nobody can read it."         \
	  " PostgreSQL.",                                                                         \
	  "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();",                   \
	  "ALTER TABLE users ADD COLUMN token uuid;\n"                                            \
	  "ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();\n"                 \
	  "\n"                                                                                    \
	  "and fill the old rows in batches.")                                                    \
	X(TYPE_CHANGE_REWRITES, "type-change-rewrites", WARNING, LINT,                            \
	  "a new type that writes the table anew",                                                \
	  "Nobody can read or write the table meanwhile, and its indexes are built again."        \
	  " A wider limit, or none, is free: varchar(20) to varchar(40) or text,"                 \
	  " numeric(8,2) to numeric(10,2). Reported when the old type stands in an"               \
	  " earlier migration. PostgreSQL.",                                                      \
	  "ALTER TABLE orders ALTER COLUMN total TYPE bigint;",                                   \
	  "ALTER TABLE orders ADD COLUMN total_cents bigint;\n"                                   \
	  "\n"                                                                                    \
	  "fill it in batches, let the program use it, and drop the old column later.")           \
	X(NOT_NULL_SCANS, "not-null-scans", WARNING, LINT,                                        \
	  "SET NOT NULL on an existing table without a valid CHECK",                              \
	  "Every row is read while nobody can use the table. A valid CHECK (column IS NOT"        \
	  " NULL) is proof enough, and it can be validated without blocking. PostgreSQL"          \
	  " 12.",                                                                                 \
	  "ALTER TABLE users ALTER COLUMN email SET NOT NULL;",                                   \
	  "ALTER TABLE users ADD CONSTRAINT users_email_set CHECK (email IS NOT NULL) NOT"        \
	  " VALID;\n"                                                                             \
	  "\n"                                                                                    \
	  "in the next migration:\n"                                                              \
	  "ALTER TABLE users VALIDATE CONSTRAINT users_email_set;\n"                              \
	  "\n"                                                                                    \
	  "and in the one after:\n"                                                               \
	  "ALTER TABLE users ALTER COLUMN email SET NOT NULL;\n"                                  \
	  "ALTER TABLE users DROP CONSTRAINT users_email_set;")                                   \
	X(COLUMN_RENAME, "column-rename", WARNING, LINT,                                          \
	  "a column that running programs know by another name",                                  \
	  "Programs of the version before go on running while the new one starts, and"            \
	  " their queries fail from the commit on. PostgreSQL.",                                  \
	  "ALTER TABLE users RENAME COLUMN mail TO email;",                                       \
	  "ALTER TABLE users ADD COLUMN email text;\n"                                            \
	  "\n"                                                                                    \
	  "write both for one release, copy the values, and drop the old column in a"             \
	  " later one.")                                                                          \
	X(TABLE_RENAME, "table-rename", WARNING, LINT,                                            \
	  "a table that running programs know by another name",                                   \
	  "Programs of the version before go on running while the new one starts, and"            \
	  " their queries fail from the commit on. Not reported when a view or table"             \
	  " takes the old name. PostgreSQL.",                                                     \
	  "ALTER TABLE users RENAME TO accounts;",                                                \
	  "ALTER TABLE users RENAME TO accounts;\n"                                               \
	  "CREATE VIEW users AS SELECT * FROM accounts;")                                         \
	X(CONCURRENTLY_MIXED, "concurrently-mixed", WARNING, LINT,                                \
	  "other statements beside one that refuses a transaction",                               \
	  "The whole section then runs without a transaction: when something fails, what"         \
	  " came before stays. PostgreSQL.",                                                      \
	  "ALTER TABLE orders ADD COLUMN note text;\n"                                            \
	  "CREATE INDEX CONCURRENTLY orders_by_note ON orders (note);",                           \
	  "Give the statement that refuses a transaction a migration of its own.")                \
	X(CONCURRENTLY_IF_NOT_EXISTS, "concurrently-if-not-exists", WARNING, LINT,                \
	  "IF NOT EXISTS that takes an invalid index for a good one",                             \
	  "A concurrent build that failed leaves an invalid index of that name, and IF"           \
	  " NOT EXISTS is content with it. bobolink finds out itself what an interrupted"         \
	  " build left. PostgreSQL.",                                                             \
	  "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_by_user ON orders (user_id);",          \
	  "CREATE INDEX CONCURRENTLY orders_by_user ON orders (user_id);")                        \
	X(INDEX_WITHOUT_NAME, "index-without-name", ERROR, TEXT,                                  \
	  "a concurrent index without a name",                                                    \
	  "After an interruption nobody could tell whether it was built: the next start"          \
	  " would build another one. PostgreSQL.",                                                \
	  "CREATE INDEX CONCURRENTLY ON orders (user_id);",                                       \
	  "CREATE INDEX CONCURRENTLY orders_by_user ON orders (user_id);")                        \
	X(SESSION_SET, "session-set", WARNING, LINT,                                              \
	  "a setting for the session, not for the migration",                                     \
	  "SET without LOCAL and set_config(…, false) are for as long as the connection lasts." \
	  " The runtime puts the usual settings back after the migration; one that it does not"   \
	  " know stays, for the application and, behind a pooler, for other programs."            \
	  " PostgreSQL.",                                                                         \
	  "SET search_path = shop;", "SET LOCAL search_path = shop;")                             \
	X(SESSION_TIME_ZONE, "session-time-zone", NOTE, LINT,                                     \
	  "a moment without an offset in a definition",                                           \
	  "The server computes a literal of the type timestamptz once, when the view, default,"   \
	  " check, index or generated column is made, with the TimeZone of the session that"      \
	  " makes it. Where that is another one, on a developer's machine or in the shadow"       \
	  " database, the definition is another one, too, and may be told as drift. PostgreSQL.", \
	  "CREATE VIEW recent AS SELECT * FROM orders WHERE at > '2024-01-01'::timestamptz;",     \
	  "CREATE VIEW recent AS SELECT * FROM orders\n"                                          \
	  "WHERE at > '2024-01-01 00:00:00+00'::timestamptz;")                                    \
	X(ENUM_VALUE_USED, "enum-value-used", WARNING, LINT,                                      \
	  "a new enum value used in the same transaction",                                        \
	  "The server refuses it with 55P04 as soon as the value is computed with: a new"         \
	  " value must be committed first. A type that the same transaction made is not"          \
	  " concerned. PostgreSQL.",                                                              \
	  "ALTER TYPE status ADD VALUE 'paid';\n"                                                 \
	  "UPDATE orders SET status = 'paid' WHERE total = 0;",                                   \
	  "Give ALTER TYPE a migration of its own, before this one.")                             \
	X(TRIGGER_DISABLED, "trigger-disabled", WARNING, LINT,                                    \
	  "triggers that are switched off and stay so",                                           \
	  "What they keep true is no longer kept true, for everybody. PostgreSQL.",               \
	  "ALTER TABLE orders DISABLE TRIGGER ALL;\n"                                             \
	  "UPDATE orders SET total = 0 WHERE total IS NULL;",                                     \
	  "ALTER TABLE orders DISABLE TRIGGER ALL;\n"                                             \
	  "UPDATE orders SET total = 0 WHERE total IS NULL;\n"                                    \
	  "ALTER TABLE orders ENABLE TRIGGER ALL;")                                               \
	X(MAINTENANCE_LOCKS, "maintenance-locks", NOTE, LINT,                                     \
	  "VACUUM FULL, CLUSTER or REINDEX under a lock",                                         \
	  "They keep others from the table for as long as they take, and a migration is"          \
	  " seldom their place. PostgreSQL.",                                                     \
	  "REINDEX TABLE orders;", "REINDEX TABLE CONCURRENTLY orders;")                          \
	X(MANY_LOCKS, "many-locks", NOTE, LINT,                                                   \
	  "several existing tables are locked in one transaction",                                \
	  "Each lock is held until the commit, so that the first table waits for the work"        \
	  " on the last one, and two transactions that take them in another order block"          \
	  " each other. PostgreSQL.",                                                             \
	  "ALTER TABLE users ADD COLUMN note text;\n"                                             \
	  "ALTER TABLE orders ADD COLUMN note text;",                                             \
	  "A migration for each table.")

#endif
