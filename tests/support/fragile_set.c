/*
 * A set in which every kind of migration shows whether it was run once. Amounts in stock are multiplied by
 * another prime in each migration, so that the number tells which ran, and how often.
 */
#include "fragile_set.h"

#include <stdio.h>

#include "engine.h"
#include "server.h"

#define OUTSIDE BOBOLINK_SECTION_NO_TRANSACTION
#define ALONE	BOBOLINK_STATEMENT_NO_TRANSACTION

/* "done", "absent", or what clears an index away that was left invalid. */
#define PROBE_CREATE(index)                                                                      \
	"SELECT CASE WHEN to_regclass('" index "') IS NULL THEN 'absent' WHEN (SELECT "          \
	"indisvalid FROM pg_catalog.pg_index WHERE indexrelid = to_regclass('" index "')) THEN " \
	"'done' ELSE 'DROP INDEX CONCURRENTLY " index "' END"
#define PROBE_DROP(index) \
	"SELECT CASE WHEN to_regclass('" index "') IS NULL THEN 'done' ELSE 'absent' END"

static void add_pieces(struct hand_set *set)
{
	hand_set_add(set, 4, "outside", OUTSIDE, "CREATE TABLE t_4 (x INTEGER)",
		     "UPDATE stock SET amount = amount * 5", "INSERT INTO ran VALUES (4)", NULL);
	hand_set_add(set, 5, "index", OUTSIDE, "CREATE TABLE t_5 (x INTEGER)",
		     "INSERT INTO t_5 SELECT generate_series(1, 1000)",
		     "CREATE INDEX CONCURRENTLY t_5_x ON public.t_5 (x)",
		     "UPDATE stock SET amount = amount * 7", "INSERT INTO ran VALUES (5)", NULL);
	hand_set_statement_flags(set, 2, ALONE);
	hand_set_probe(set, 2, PROBE_CREATE("public.t_5_x"));
	hand_set_add(set, 6, "indexes", OUTSIDE,
		     "CREATE UNIQUE INDEX CONCURRENTLY t_3_x ON public.t_3 (x)",
		     "DROP INDEX CONCURRENTLY public.t_3_old", "CREATE TABLE t_6 (x INTEGER)",
		     "INSERT INTO ran VALUES (6)", NULL);
	hand_set_statement_flags(set, 0, ALONE);
	hand_set_probe(set, 0, PROBE_CREATE("public.t_3_x"));
	hand_set_statement_flags(set, 1, ALONE);
	hand_set_probe(set, 1, PROBE_DROP("public.t_3_old"));
}

struct hand_set *fragile_set(void)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 1, "first", 0, "CREATE TABLE ran (i INTEGER)",
		     "CREATE TABLE t_1 (x INTEGER)", "INSERT INTO ran VALUES (1)",
		     "CREATE TABLE stock (amount BIGINT)", "INSERT INTO stock VALUES (1)", NULL);
	hand_set_add(set, 2, "double", 0, "CREATE TABLE t_2 (x INTEGER)",
		     "UPDATE stock SET amount = amount * 2", "INSERT INTO ran VALUES (2)", NULL);
	hand_set_add(set, 3, "rows", 0, "CREATE TABLE t_3 (x INTEGER)",
		     "INSERT INTO t_3 SELECT generate_series(1, 1000)",
		     "CREATE INDEX t_3_old ON t_3 (x)", "UPDATE stock SET amount = amount * 3",
		     "INSERT INTO ran VALUES (3)", NULL);
	add_pieces(set);
	hand_set_add(set, 7, "more", 0, "CREATE TABLE t_7 (x INTEGER)",
		     "UPDATE stock SET amount = amount * 11", "INSERT INTO ran VALUES (7)", NULL);
	hand_set_add(set, 8, "last", 0, "INSERT INTO ran VALUES (8)",
		     "UPDATE stock SET amount = amount * 13",
		     "CREATE TABLE t_8 AS SELECT * FROM t_5", NULL);
	return set;
}

/* The first of these questions, in pairs with what is wrong when the answer is not 1. */
static const char *first_wrong(const char *url, const char *const questions[][2])
{
	PGconn *connection = pg_open(url);
	const char *wrong = NULL;

	for (int i = 0; questions[i][0] && !wrong; i++) {
		if (pg_number(connection, questions[i][0]) != 1)
			wrong = questions[i][1];
	}
	PQfinish(connection);
	return wrong;
}

const char *fragile_damage(const char *url)
{
	static const char *const questions[][2] = {
		{ "SELECT count(*) FROM stock WHERE amount = 2 * 3 * 5 * 7 * 11 * 13",
		  "the amount in stock is another" },
		{ "SELECT count(DISTINCT x) / 1000 FROM t_3", "t_3 has other rows" },
		{ "SELECT count(*) / 1000 FROM t_3", "t_3 has other rows" },
		{ "SELECT count(*) / 1000 FROM t_5", "t_5 has other rows" },
		{ "SELECT count(*) / 1000 FROM t_8", "t_8 has other rows" },
		{ "SELECT CAST(string_agg(indexrelid::regclass::text, ' ' ORDER BY 1) = "
		  "'t_3_x t_5_x' AS INTEGER) FROM (SELECT indexrelid FROM pg_index WHERE indrelid "
		  "IN ('t_3'::regclass, 't_5'::regclass) AND indisvalid AND indisready "
		  "ORDER BY indexrelid::regclass::text) AS i",
		  "the indexes are others" },
		{ "SELECT count(*) FROM bobolink_head WHERE digest IS NOT NULL",
		  "the head does not say that all is done" },
		{ NULL, NULL },
	};

	if (!engine_is_whole(url, FRAGILE_MIGRATIONS))
		return "a migration is missing or ran twice";
	return first_wrong(url, questions);
}

static const char *torn_part(const char *url)
{
	PGconn *connection = pg_open(url);
	bool ran = pg_number(connection, "SELECT count(to_regclass('ran'))") == 1;
	bool told = pg_number(connection, "SELECT count(to_regclass('bobolink_history'))") == 1;
	const char *torn = ran && !told ? "what was done was not recorded" : NULL;

	if (told && pg_number(connection, ran ? "SELECT count(*) FROM ran FULL JOIN (SELECT * FROM "
						"bobolink_history WHERE status = 'applied') AS h "
						"ON version = i WHERE i IS NULL OR version IS NULL"
					      : "SELECT count(*) FROM bobolink_history WHERE "
						"status = 'applied'"))
		torn = "what was done and what was recorded differ";
	PQfinish(connection);
	return torn;
}

void fragile_check(const char *url, const struct bobolink_set *set, long at)
{
	struct bobolink_error error;
	const char *wrong = torn_part(url);
	int rc;

	if (wrong)
		fail_msg("stopped at %ld: %s", at, wrong);
	rc = engine_boot(url, set, &error);
	if (rc)
		fail_msg("stopped at %ld: the next start: %s: %s", at, bobolink_result_name(rc),
			 error.message);
	wrong = fragile_damage(url);
	if (wrong)
		fail_msg("stopped at %ld: %s", at, wrong);
}
