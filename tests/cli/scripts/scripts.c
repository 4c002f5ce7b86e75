/*
 * A set by hand, for what the flags show of scripts, a data seed and a code migration. Both databases understand its SQL.
 *
 * Migration 1 makes tables, 2 is a seed for development and test, 3 calls shout_names. Of the fixes F0001 is looked at in every run
 * and finds nothing to do, F0007 cleans up after migration 1 and can be undone, F0008 fails until there is a table audit, F0009 waits for the year
 * 2100, F0010 runs after everything. The repeatable totals makes a view, another one where EDITED is defined.
 */
#include "shop_migrations.h"

#ifdef POSTGRES
#include <bobolink/postgres.h>
#define BACKEND bobolink_backend_postgres
#define ARCHIVE bobolink_archive_postgres
#else
#include <bobolink/sqlite3.h>
#define BACKEND bobolink_backend_sqlite3
#define ARCHIVE bobolink_archive_sqlite3
#endif

#ifdef EDITED
#define VIEW                                                                                  \
	"CREATE VIEW totals AS SELECT order_id, count(*) AS payments FROM payments GROUP BY " \
	"order_id"
#define EDIT "e"
#else
#define VIEW                                                                                 \
	"CREATE VIEW totals AS SELECT order_id, sum(cents) AS cents FROM payments GROUP BY " \
	"order_id"
#define EDIT "0"
#endif

#define DIGITS_63 "000000000000000000000000000000000000000000000000000000000000000"

/* name, text; the texts of migrations and of scripts, each with its own offsets. */
#define MIGRATION_TEXTS(X)                                                                   \
	X(name_1, "create_shop")                                                             \
	X(file_1, "migrations/0001_create_shop.sql")                                         \
	X(sum_1, "1" DIGITS_63)                                                              \
	X(orders, "CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT)")                 \
	X(payments,                                                                          \
	  "CREATE TABLE payments (id INTEGER PRIMARY KEY, order_id INTEGER, cents INTEGER)") \
	X(one_order, "INSERT INTO orders VALUES (1, 'one')")                                 \
	X(two_payments, "INSERT INTO payments VALUES (1, 1, 100), (2, 999, 50)")             \
	X(name_2, "sample_orders")                                                           \
	X(file_2, "migrations/0002_sample_orders.sql")                                       \
	X(sum_2, "2" DIGITS_63)                                                              \
	X(only, "development test")                                                          \
	X(sample, "INSERT INTO orders VALUES (2, 'sample')")                                 \
	X(no_sample, "DELETE FROM orders WHERE id = 2")                                      \
	X(name_3, "shout_names")                                                             \
	X(file_3, "migrations/0003_shout_names.sql")                                         \
	X(sum_3, "3" DIGITS_63)

#define SCRIPT_TEXTS(X)                                                                           \
	X(false_guard, "SELECT 0 = 1")                                                            \
	X(true_guard, "SELECT 1 = 1")                                                             \
	X(name_1, "drop_legacy")                                                                  \
	X(file_1, "fixes/0001_drop_legacy.sql")                                                   \
	X(sum_1, "a" DIGITS_63)                                                                   \
	X(drop, "DROP TABLE legacy")                                                              \
	X(name_7, "clean_orphans")                                                                \
	X(file_7, "fixes/0007_clean_orphans.sql")                                                 \
	X(sum_7, "b" DIGITS_63)                                                                   \
	X(title_7, "Payments whose order was deleted by hand.\n2026-11-20, for 2.3.1")            \
	X(orphans,                                                                                \
	  "SELECT EXISTS (SELECT 1 FROM payments WHERE order_id NOT IN (SELECT id FROM orders))") \
	X(clean, "DELETE FROM payments WHERE order_id NOT IN (SELECT id FROM orders)")            \
	X(cleaned, "SELECT 'orphans removed'")                                                    \
	X(dirty, "INSERT INTO payments VALUES (2, 999, 50)")                                      \
	X(name_8, "mend_audit")                                                                   \
	X(file_8, "fixes/0008_mend_audit.sql")                                                    \
	X(sum_8, "c" DIGITS_63)                                                                   \
	X(audit, "INSERT INTO audit VALUES ('mended')")                                           \
	X(name_9, "far_future")                                                                   \
	X(file_9, "fixes/0009_far_future.sql")                                                    \
	X(sum_9, "d" DIGITS_63)                                                                   \
	X(future, "UPDATE orders SET name = 'old'")                                               \
	X(name_10, "greet")                                                                       \
	X(file_10, "fixes/0010_greet.sql")                                                        \
	X(sum_10, "e" DIGITS_63)                                                                  \
	X(greet, "SELECT 'everything is there'")                                                  \
	X(name_totals, "totals")                                                                  \
	X(file_totals, "migrations/R__totals.sql")                                                \
	X(sum_totals, EDIT DIGITS_63)                                                             \
	X(drop_totals, "DROP VIEW IF EXISTS totals")                                              \
	X(totals, VIEW)

#define MEMBER(name, text) char name[sizeof(text)];
#define VALUE(name, text)  text,

static const struct texts {
	char none[1];
	MIGRATION_TEXTS(MEMBER)
} texts = { "", MIGRATION_TEXTS(VALUE) };

static const struct script_texts {
	char none[1];
	SCRIPT_TEXTS(MEMBER)
} script_texts = { "", SCRIPT_TEXTS(VALUE) };

#define AT(name)	(uint32_t) offsetof(struct texts, name)
#define IN_SCRIPT(name) (uint32_t) offsetof(struct script_texts, name)
#define STATEMENT(name, number)                                                                 \
	{                                                                                       \
		.text = AT(name), .length = sizeof(texts.name) - 1, .line = number, .column = 1 \
	}
#define SCRIPT_STATEMENT(name, number)                                                            \
	{                                                                                         \
		.text = IN_SCRIPT(name), .length = sizeof(script_texts.name) - 1, .line = number, \
		.column = 1                                                                       \
	}

static const struct bobolink_statement statements[] = {
	STATEMENT(orders, 1),	    STATEMENT(payments, 2), STATEMENT(one_order, 3),
	STATEMENT(two_payments, 4), STATEMENT(sample, 2),   STATEMENT(no_sample, 4),
};

static const struct bobolink_migration migrations[] = {
	{ .version = 1,
	  .name = AT(name_1),
	  .checksum = AT(sum_1),
	  .sql_checksum = AT(sum_1),
	  .up = { .first = 0, .count = 4, .flags = BOBOLINK_SECTION_PRESENT, .file = AT(file_1) } },
	{ .version = 2,
	  .name = AT(name_2),
	  .checksum = AT(sum_2),
	  .sql_checksum = AT(sum_2),
	  .only = AT(only),
	  .up = { .first = 4, .count = 1, .flags = BOBOLINK_SECTION_PRESENT, .file = AT(file_2) },
	  .down = { .first = 5,
		    .count = 1,
		    .flags = BOBOLINK_SECTION_PRESENT,
		    .file = AT(file_2) } },
	{ .version = 3,
	  .name = AT(name_3),
	  .checksum = AT(sum_3),
	  .sql_checksum = AT(sum_3),
	  .up = { .call = 1, .flags = BOBOLINK_SECTION_PRESENT, .file = AT(file_3) } },
};

static const struct bobolink_statement script_statements[] = {
	SCRIPT_STATEMENT(false_guard, 2), SCRIPT_STATEMENT(drop, 5),
	SCRIPT_STATEMENT(orphans, 5),	  SCRIPT_STATEMENT(clean, 8),
	SCRIPT_STATEMENT(cleaned, 9),	  SCRIPT_STATEMENT(dirty, 12),
	SCRIPT_STATEMENT(true_guard, 2),  SCRIPT_STATEMENT(audit, 5),
	SCRIPT_STATEMENT(true_guard, 2),  SCRIPT_STATEMENT(future, 5),
	SCRIPT_STATEMENT(true_guard, 2),  SCRIPT_STATEMENT(greet, 5),
	SCRIPT_STATEMENT(drop_totals, 1), SCRIPT_STATEMENT(totals, 2),
};

#define ITEM(number, id)                                                                  \
	.version = number, .name = IN_SCRIPT(name_##id), .checksum = IN_SCRIPT(sum_##id), \
	.sql_checksum = IN_SCRIPT(sum_##id)
#define SECTION(from, so_many, id)                                                  \
	{                                                                           \
		.first = from, .count = so_many, .flags = BOBOLINK_SECTION_PRESENT, \
		.file = IN_SCRIPT(file_##id)                                        \
	}

static const struct bobolink_migration items[] = {
	{ ITEM(1, 1), .up = SECTION(1, 1, 1) },
	{ ITEM(7, 7), .up = SECTION(3, 2, 7), .down = SECTION(5, 1, 7) },
	{ ITEM(8, 8), .up = SECTION(7, 1, 8) },
	{ ITEM(9, 9), .up = SECTION(9, 1, 9) },
	{ ITEM(10, 10), .up = SECTION(11, 1, 10) },
	{ ITEM(0, totals), .up = SECTION(12, 2, totals) },
};

static const struct bobolink_script settings[] = {
	{ .required = -1, .guard = SECTION(0, 1, 1), .flags = BOBOLINK_SCRIPT_ALWAYS },
	{ .required = 1, .guard = SECTION(2, 1, 7), .title = IN_SCRIPT(title_7) },
	{ .required = 1,
	  .guard = SECTION(6, 1, 8),
	  .attempts = 3,
	  .flags = BOBOLINK_SCRIPT_UNPROVEN },
	{ .required = -1, .guard = SECTION(8, 1, 9), .not_before = 4102444800 },
	{ .required = -1, .guard = SECTION(10, 1, 10), .flags = BOBOLINK_SCRIPT_AFTER },
	{ .required = -1 },
};

static const struct bobolink_chunk chunks[] = { { (const char *)&texts, statements } };
static const struct bobolink_chunk script_chunks[] = { { (const char *)&script_texts,
							 script_statements } };
static const struct bobolink_call calls[] = { { "shout_names", shout_names } };

static const struct bobolink_scripts scripts = {
	.items = items,
	.settings = settings,
	.chunks = script_chunks,
	.fix_count = 5,
	.repeatable_count = 1,
	.run = bobolink_scripts_run,
};

const struct bobolink_set shop_migrations = {
	.data_version = BOBOLINK_DATA_VERSION,
	.name = "shop",
	.digest = EDIT DIGITS_63,
	.backend = BACKEND,
	.archive = ARCHIVE,
	.migrations = migrations,
	.chunks = chunks,
	.calls = calls,
	.scripts = &scripts,
	.migration_count = 3,
	.chunk_count = 1,
	.call_count = 1,
};

#ifdef POSTGRES
int shout_names(struct bobolink_step *step)
{
	PGconn *connection = bobolink_step_connection(step);
	PGresult *result = PQexec(connection, "UPDATE orders SET name = upper(name)");
	int rc = PQresultStatus(result) == PGRES_COMMAND_OK
			 ? BOBOLINK_OK
			 : bobolink_step_fail(step, "%s", PQerrorMessage(connection));

	PQclear(result);
	return rc;
}
#else
int shout_names(struct bobolink_step *step)
{
	sqlite3 *db = bobolink_step_connection(step);

	if (sqlite3_exec(db, "UPDATE orders SET name = upper(name)", NULL, NULL, NULL))
		return bobolink_step_fail(step, "%s", sqlite3_errmsg(db));
	return BOBOLINK_OK;
}
#endif
