/*
 * A set whose downs show whether each was run once: see the header.
 */
#include "undo_set.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

#define OUTSIDE	  BOBOLINK_SECTION_NO_TRANSACTION
#define ALONE	  BOBOLINK_STATEMENT_NO_TRANSACTION
#define ROWS	  500
#define TEXT(x)	  #x
#define DIGITS(x) TEXT(x)

static const uint32_t primes[UNDO_MIGRATIONS + 1] = { 1, 2, 3, 5, 7, 11, 13, 17, 19 };

/* One more migration: `up` ends its up, `down` is the second statement of its down. */
static void add(struct hand_set *set, uint32_t i, uint32_t flags, const char *up, const char *down)
{
	char texts[6][80];

	snprintf(texts[0], sizeof(texts[0]), "CREATE TABLE t_%u (x INTEGER)", (unsigned)i);
	snprintf(texts[1], sizeof(texts[1]), "UPDATE stock SET amount = amount * %u",
		 (unsigned)primes[i]);
	snprintf(texts[2], sizeof(texts[2]), "INSERT INTO ran VALUES (%u)", (unsigned)i);
	snprintf(texts[3], sizeof(texts[3]), "UPDATE stock SET amount = amount / %u",
		 (unsigned)primes[i]);
	snprintf(texts[4], sizeof(texts[4]), "DELETE FROM ran WHERE i = %u", (unsigned)i);
	snprintf(texts[5], sizeof(texts[5]), "DROP TABLE t_%u", (unsigned)i);
	hand_set_add(set, i, "next", 0, texts[0], texts[1], texts[2], up, NULL);
	hand_set_down(set, flags, texts[3], down, texts[4], texts[5], NULL);
}

/* "done", "absent", or what clears an index away that was left invalid. */
#define PROBE_CREATE(index)                                                                      \
	"SELECT CASE WHEN to_regclass('" index "') IS NULL THEN 'absent' WHEN (SELECT "          \
	"indisvalid FROM pg_catalog.pg_index WHERE indexrelid = to_regclass('" index "')) THEN " \
	"'done' ELSE 'DROP INDEX CONCURRENTLY " index "' END"
#define PROBE_DROP(index) \
	"SELECT CASE WHEN to_regclass('" index "') IS NULL THEN 'done' ELSE 'absent' END"

static void add_pieces_of_postgres(struct hand_set *set)
{
	add(set, 5, OUTSIDE, "CREATE INDEX kept_5 ON kept (x)",
	    "DROP INDEX CONCURRENTLY public.kept_5");
	hand_set_down_statement(set, 1, ALONE, PROBE_DROP("public.kept_5"));
	add(set, 6, OUTSIDE, "DROP INDEX kept_x",
	    "CREATE INDEX CONCURRENTLY kept_x ON public.kept (x)");
	hand_set_down_statement(set, 1, ALONE, PROBE_CREATE("public.kept_x"));
}

static void add_pieces_of_sqlite(struct hand_set *set)
{
	add(set, 5, OUTSIDE, NULL, "VACUUM");
	hand_set_down_statement(set, 1, ALONE | BOBOLINK_STATEMENT_REPEATABLE, NULL);
	add(set, 6, OUTSIDE, "DROP INDEX kept_x", "CREATE INDEX kept_x ON kept (x)");
}

static struct hand_set *new_set(void)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 1, "first", 0, "CREATE TABLE ran (i BIGINT)",
		     "CREATE TABLE stock (amount BIGINT)", "INSERT INTO stock VALUES (2)",
		     "CREATE TABLE kept (x BIGINT)",
		     "INSERT INTO kept WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 "
		     "FROM n WHERE x < " DIGITS(ROWS) ") SELECT x FROM n",
		     "CREATE INDEX kept_x ON kept (x)", "INSERT INTO ran VALUES (1)", NULL);
	hand_set_down(set, 0, "DROP TABLE kept", "DROP TABLE stock", "DROP TABLE ran", NULL);
	add(set, 2, 0, NULL, "SELECT 1");
	add(set, 3, 0, "INSERT INTO t_3 SELECT x FROM kept", "DELETE FROM t_3");
	add(set, 4, 0, "ALTER TABLE kept ADD COLUMN c_4 BIGINT",
	    "ALTER TABLE kept DROP COLUMN c_4");
	if (strcmp(engine()->name, "postgres") == 0)
		add_pieces_of_postgres(set);
	else
		add_pieces_of_sqlite(set);
	add(set, 7, 0, "UPDATE kept SET c_4 = x", "UPDATE kept SET c_4 = NULL");
	add(set, 8, 0, "CREATE INDEX kept_8 ON kept (c_4)", "DROP INDEX kept_8");
	return set;
}

static void *allocate(void *context, size_t size)
{
	(void)context;
	return malloc(size);
}

static void *reallocate(void *context, void *memory, size_t size)
{
	(void)context;
	return realloc(memory, size);
}

static void release(void *context, void *memory)
{
	(void)context;
	free(memory);
}

static struct bobolink_inventory *read_inventory(const char *url)
{
	static const struct bobolink_context context = {
		.allocator = { allocate, reallocate, release, NULL }, .timeout_ms = 60000
	};
	const struct bobolink_backend *backend = engine()->backend();
	struct bobolink_connection *connection = NULL;
	struct bobolink_inventory *inventory = NULL;
	struct bobolink_error error;
	void *handle = engine()->open(url);

	if (backend->open(handle, &context, &connection, &error) ||
	    bobolink_inventory_read(backend, connection, &context.allocator, NULL, &inventory,
				    &error))
		fail_msg("the schema cannot be read: %s", error.message);
	backend->close(connection);
	engine()->close(handle);
	return inventory;
}

/* Applies up to `target`, with a session of its own. */
static void apply(const struct bobolink_set *set, const char *url, int64_t target)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	struct bobolink_error error;
	void *handle = engine()->open(url);

	if (bobolink_open(set, handle, &options, &session, &error) ||
	    bobolink_apply(session, target, NULL, &error))
		fail_msg("applying up to %" PRId64 ": %s", target, error.message);
	bobolink_close(session);
	engine()->close(handle);
}

void undo_set_open(struct undo_set *all, const char *url)
{
	all->made = new_set();
	all->set = hand_set(all->made, engine()->backend);
	all->inventories[0] = read_inventory(url);
	for (int64_t version = 1; version <= UNDO_MIGRATIONS; version++) {
		apply(all->set, url, version);
		all->inventories[version] = read_inventory(url);
	}
}

void undo_set_fill(const struct undo_set *all, const char *url)
{
	for (int64_t version = 1; version <= UNDO_MIGRATIONS; version++)
		apply(all->set, url, version);
}

void undo_set_close(struct undo_set *all)
{
	for (int i = 0; i <= UNDO_MIGRATIONS; i++)
		bobolink_inventory_free(all->inventories[i]);
	hand_set_free(all->made);
}

int undo_set_back(const struct bobolink_set *set, void *handle,
		  const struct bobolink_options *options, struct bobolink_error *error)
{
	struct bobolink_session *session = NULL;
	struct bobolink_plan *plan = NULL;
	int rc = bobolink_open(set, handle, options, &session, error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_plan_to(session, UNDO_KEPT, &plan, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_run(session, plan, BOBOLINK_FORCE, NULL, error);
	bobolink_plan_free(plan);
	bobolink_close(session);
	return rc;
}

static int differs(void *context, const struct bobolink_object *before,
		   const struct bobolink_object *after)
{
	(void)context;
	(void)before;
	(void)after;
	return 1;
}

/* Whether a query that is made of `version` answers `wanted`. */
static bool answers(void *handle, int64_t wanted, const char *sql, int64_t version)
{
	char text[400];

	(void)snprintf(text, sizeof(text), sql, version);
	return engine_number(handle, text) == wanted;
}

static const char *wrong_data(void *handle, int64_t version)
{
	int64_t amount = 1;

	for (int64_t i = 1; i <= version; i++)
		amount *= primes[i];
	if (strcmp(engine()->text(handle, engine()->sound), "ok") != 0)
		return "the database is damaged";
	if (!answers(handle, amount, "SELECT amount FROM stock", 0))
		return "the amount in stock is another";
	if (!answers(handle, ROWS, "SELECT count(DISTINCT x) FROM kept", 0))
		return "rows are lost that no down deletes";
	if (!answers(handle, version, "SELECT count(*) FROM ran WHERE i <= %" PRId64, version) ||
	    !answers(handle, version, "SELECT count(*) FROM ran", 0))
		return "other migrations ran";
	return NULL;
}

static const char *wrong_history(void *handle, int64_t version)
{
	if (!answers(handle, version,
		     "SELECT count(*) FROM bobolink_history WHERE status = 'applied' AND version "
		     "<= %" PRId64,
		     version) ||
	    !answers(handle, 0,
		     "SELECT count(*) FROM bobolink_history WHERE status <> 'applied' AND "
		     "(rolled_back_at IS NULL OR status NOT IN ('rolled_back', 'undone'))",
		     0))
		return "the history tells otherwise";
	if (!answers(handle, version, "SELECT version FROM bobolink_head", 0))
		return "the head has another version";
	if (!answers(handle, 0,
		     "SELECT (SELECT count(*) FROM bobolink_history WHERE status = 'rolled_back') "
		     "- (SELECT count(*) FROM bobolink_log WHERE event = 'rolled_back')",
		     0))
		return "the log tells of more or fewer rollbacks";
	return NULL;
}

const char *undo_set_damage(const struct undo_set *all, const char *url, int64_t version)
{
	struct bobolink_inventory *inventory = read_inventory(url);
	void *handle = engine()->open(url);
	const char *wrong = wrong_data(handle, version);

	if (!wrong)
		wrong = wrong_history(handle, version);
	if (!wrong &&
	    bobolink_inventory_compare(all->inventories[version], inventory, differs, NULL))
		wrong = "the schema is another";
	engine()->close(handle);
	bobolink_inventory_free(inventory);
	return wrong;
}

/* Of one that stopped outside a transaction nothing is said but that it did. */
static const char *torn_part(const struct undo_set *all, const char *url)
{
	void *handle = engine()->open(url);
	int64_t running = engine_number(handle, "SELECT count(*) FROM bobolink_history WHERE "
						"status = 'rolling_back'");
	int64_t newest = engine_number(handle, "SELECT max(version) FROM bobolink_history WHERE "
					       "status = 'applied'");
	const char *torn = NULL;

	if (engine_number(handle, "SELECT count(*) FROM (SELECT i FROM ran EXCEPT SELECT version "
				  "FROM bobolink_history WHERE status IN ('applied', "
				  "'rolling_back')) AS d") ||
	    engine_number(handle, "SELECT count(*) FROM (SELECT version FROM bobolink_history "
				  "WHERE status = 'applied' EXCEPT SELECT i FROM ran) AS d"))
		torn = "what was undone and what was recorded differ";
	engine()->close(handle);
	if (!torn && running > 1)
		torn = "two migrations are being undone";
	return torn || running ? torn : undo_set_damage(all, url, newest);
}

void undo_set_check(const struct undo_set *all, const char *url, long at)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	const char *wrong = torn_part(all, url);
	struct bobolink_error error;
	void *handle;
	int rc;

	if (wrong)
		fail_msg("stopped at %ld: %s", at, wrong);
	handle = engine()->open(url);
	rc = undo_set_back(all->set, handle, &options, &error);
	engine()->close(handle);
	if (rc)
		fail_msg("stopped at %ld: the same command: %s: %s", at, bobolink_result_name(rc),
			 error.message);
	wrong = undo_set_damage(all, url, UNDO_KEPT);
	if (wrong)
		fail_msg("stopped at %ld, then finished: %s", at, wrong);
	apply(all->set, url, BOBOLINK_HEAD);
	wrong = undo_set_damage(all, url, UNDO_MIGRATIONS);
	if (wrong)
		fail_msg("stopped at %ld, finished and applied again: %s", at, wrong);
}
