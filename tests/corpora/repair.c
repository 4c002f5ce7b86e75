/*
 * Repair: is what was dropped at random made again, and are the rows of others left alone?
 *
 *     repair DATABASE PRISTINE POINTS PART
 *
 * Applies PART percent of the migrations to PRISTINE and puts rows into its tables where that is easy. Then, for each kind of object and
 * POINTS times: a copy of it is DATABASE, one object of that kind is dropped there with all that stands on it, drift must name
 * exactly what the drop took, and repair must bring it back. What it leaves is printed with the reason. No object is
 * dropped twice: where a kind has fewer than POINTS that the database drops, each of them is dropped once.
 */
#include "repair_sweep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void die_of(const char *what, const struct bobolink_error *error)
{
	char text[2048];

	fprintf(stderr, "%s: %s\n", what, bobolink_error_text(error, text, sizeof(text)));
	exit(2);
}

static void door_open(const struct sweep *sweep, const char *url, struct door *door)
{
	struct bobolink_error error;

	memset(door, 0, sizeof(*door));
	door->handle = sweep->engine->open(url);
	door->context.allocator = (struct bobolink_allocator){ .allocate = allocate,
							       .reallocate = reallocate,
							       .release = release };
	door->context.program = "sweep";
	if (sweep->backend->open(door->handle, &door->context, &door->connection, &error))
		die_of(url, &error);
}

static void door_close(const struct sweep *sweep, struct door *door)
{
	sweep->backend->close(door->connection);
	sweep->engine->close(door->handle);
}

static void must_run(const struct sweep *sweep, struct door *door, const char *sql)
{
	struct bobolink_error error;

	if (sweep->backend->execute(door->connection, sql, strlen(sql), 1, &error))
		die_of(sql, &error);
}

static struct bobolink_inventory *read_inventory(const struct sweep *sweep, struct door *door)
{
	struct bobolink_inventory *inventory = NULL;
	struct bobolink_error error;

	if (bobolink_inventory_read(sweep->backend, door->connection, NULL, NULL, &inventory,
				    &error))
		die_of("the inventory", &error);
	return inventory;
}

/* --- dropping -------------------------------------------------------------------------------- */

static const struct {
	int32_t kind;
	const char *form; /* of a name in full, or, with its table's name behind, of a name alone */
	bool on_table;
} drops[] = {
	{ BOBOLINK_OBJECT_TABLE, "DROP TABLE %s", false },
	{ BOBOLINK_OBJECT_VIRTUAL_TABLE, "DROP TABLE %s", false },
	{ BOBOLINK_OBJECT_VIEW, "DROP VIEW %s", false },
	{ BOBOLINK_OBJECT_MATERIALIZED_VIEW, "DROP MATERIALIZED VIEW %s", false },
	{ BOBOLINK_OBJECT_ENUM, "DROP TYPE %s", false },
	{ BOBOLINK_OBJECT_COMPOSITE, "DROP TYPE %s", false },
	{ BOBOLINK_OBJECT_RANGE, "DROP TYPE %s", false },
	{ BOBOLINK_OBJECT_DOMAIN, "DROP DOMAIN %s", false },
	{ BOBOLINK_OBJECT_SEQUENCE, "DROP SEQUENCE %s", false },
	{ BOBOLINK_OBJECT_SCHEMA, "DROP SCHEMA %s", false },
	{ BOBOLINK_OBJECT_EXTENSION, "DROP EXTENSION %s", false },
	{ BOBOLINK_OBJECT_INDEX, "DROP INDEX %s", false },
	{ BOBOLINK_OBJECT_COLUMN, "ALTER TABLE %2$s DROP COLUMN %1$s", true },
	{ BOBOLINK_OBJECT_PRIMARY_KEY, "ALTER TABLE %2$s DROP CONSTRAINT %1$s", true },
	{ BOBOLINK_OBJECT_UNIQUE, "ALTER TABLE %2$s DROP CONSTRAINT %1$s", true },
	{ BOBOLINK_OBJECT_EXCLUDE, "ALTER TABLE %2$s DROP CONSTRAINT %1$s", true },
	{ BOBOLINK_OBJECT_CHECK, "ALTER TABLE %2$s DROP CONSTRAINT %1$s", true },
	{ BOBOLINK_OBJECT_FOREIGN_KEY, "ALTER TABLE %2$s DROP CONSTRAINT %1$s", true },
	{ BOBOLINK_OBJECT_TRIGGER, "DROP TRIGGER %1$s ON %2$s", true },
	{ BOBOLINK_OBJECT_RULE, "DROP RULE %1$s ON %2$s", true },
	{ BOBOLINK_OBJECT_POLICY, "DROP POLICY %1$s ON %2$s", true },
	{ BOBOLINK_OBJECT_ROW_SECURITY,
	  "ALTER TABLE %2$s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY", true },
};

/* f(integer): its name goes in quotes, its arguments do not. */
static void write_routine(const struct bobolink_object *object, char sql[NAME * 3])
{
	char name[NAME];
	char plain[NAME];

	snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(object->name, "("), object->name);
	snprintf(sql, NAME * 3, "DROP %s %s%s CASCADE",
		 object->kind == BOBOLINK_OBJECT_AGGREGATE ? "AGGREGATE" : "ROUTINE",
		 sweep_quoted(object->schema, plain, name), object->name + strlen(plain));
}

static void write_drop(const struct sweep *sweep, const struct bobolink_object *object,
		       char sql[NAME * 3])
{
	char name[NAME];
	char table[NAME];
	bool sqlite_trigger = !sweep_on_postgres(sweep) && object->kind == BOBOLINK_OBJECT_TRIGGER;

	if (object->kind >= BOBOLINK_OBJECT_FUNCTION) {
		write_routine(object, sql);
		return;
	}
	*sql = '\0';
	sweep_quoted(object->schema, object->parent, table);
	for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
		if (drops[i].kind != object->kind)
			continue;
		sweep_quoted(drops[i].on_table ? "" : object->schema, object->name, name);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
		snprintf(sql, NAME * 3, sqlite_trigger ? "DROP TRIGGER %s" : drops[i].form, name,
			 table);
#pragma GCC diagnostic pop
	}
	if (sweep_on_postgres(sweep) && object->kind != BOBOLINK_OBJECT_ROW_SECURITY)
		strncat(sql, " CASCADE", NAME * 3 - strlen(sql) - 1);
}

/* --- points ---------------------------------------------------------------------------------- */

static void make_copy(struct sweep *sweep)
{
	struct door door;
	char sql[NAME];

	if (sweep_on_postgres(sweep)) {
		door_open(sweep, getenv("BOBOLINK_TEST_URL"), &door);
		must_run(sweep, &door, "DROP DATABASE IF EXISTS copy");
		must_run(sweep, &door, "CREATE DATABASE copy TEMPLATE pristine");
	} else {
		remove(sweep->url);
		door_open(sweep, sweep->pristine, &door);
		snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", sweep->url);
		must_run(sweep, &door, sql);
	}
	door_close(sweep, &door);
}

static void fail(struct sweep *sweep, const char *what, const struct bobolink_object *object)
{
	char name[BOBOLINK_MESSAGE_SIZE] = "";

	if (object)
		bobolink_object_text(object, name, sizeof(name));
	printf("  FAILED: %s %s\n", what, name);
	sweep->failures++;
}

static void keep_reason(struct sweep *sweep, const char *kind, const char *text)
{
	char whole[BOBOLINK_MESSAGE_SIZE];
	bool named = false;
	size_t length;

	/* Without its names, and what follows the first clause. */
	length = (size_t)snprintf(whole, sizeof(whole), "%s: ", kind);
	for (const char *at = text; *at && !strchr(":;", *at) && length + 2 < sizeof(whole); at++) {
		named ^= *at == '"';
		if (!named)
			whole[length++] = *at == '"' ? 'x' : *at;
	}
	whole[length] = '\0';
	for (unsigned i = 0; i < sweep->reason_count; i++) {
		if (strcmp(sweep->reasons[i].text, whole) == 0) {
			sweep->reasons[i].count++;
			return;
		}
	}
	/* At the last version every text is there, and makes what it made before. */
	if (sweep->part == 100 &&
	    (strstr(text, "is not in this program") || strstr(text, "it would become"))) {
		printf("  FAILED: %s\n", text);
		sweep->failures++;
	}
	if (sweep->reason_count == REASONS_MAX)
		return;
	snprintf(sweep->reasons[sweep->reason_count].text, BOBOLINK_MESSAGE_SIZE, "%s", whole);
	sweep->reasons[sweep->reason_count++].count = 1;
}

struct difference {
	const struct bobolink_object *before;
	const struct bobolink_object *after;
};

struct differences {
	struct sweep *sweep;
	struct difference *items;
	uint32_t count;
	uint32_t capacity;
};

static int add_difference(void *context, const struct bobolink_object *before,
			  const struct bobolink_object *after)
{
	struct differences *all = context;

	/* Triggers of a chain make tables of their own when rows come. */
	if (!before)
		return 0;
	if (all->count == all->capacity) {
		all->capacity = all->capacity ? all->capacity * 2 : 64;
		all->items = realloc(all->items, all->capacity * sizeof(*all->items));
		if (!all->items)
			abort();
	}
	all->items[all->count++] = (struct difference){ before, after };
	return 0;
}

static bool same_name(const struct bobolink_object *one, const struct bobolink_object *other)
{
	return one->kind == other->kind && strcmp(one->schema, other->schema) == 0 &&
	       strcmp(one->parent, other->parent) == 0 && strcmp(one->name, other->name) == 0;
}

/* What was dropped is gone. */
static void check_taken(struct sweep *sweep, const struct differences *taken,
			const struct bobolink_object *object)
{
	for (uint32_t i = 0; i < taken->count; i++)
		if (same_name(taken->items[i].before, object) && !taken->items[i].after)
			return;
	fail(sweep, "the inventory still has", object);
}

/* Drift names what the drop took, no less and no more. */
static void check_drift(struct sweep *sweep, struct bobolink_session *session,
			const struct differences *taken)
{
	struct bobolink_drift *drift = NULL;
	struct bobolink_error error;

	if (bobolink_drift(session, &drift, &error))
		die_of("drift", &error);
	if (drift->missing + drift->changed != taken->count)
		fail(sweep, "drift names another number of objects than the drop took", NULL);
	for (uint32_t i = 0, n = 0; i < drift->count && n < taken->count; i++) {
		const struct bobolink_drift_item *item = &drift->items[i];

		if (!item->expected)
			continue;
		if (!same_name(item->expected, taken->items[n].before) ||
		    (item->kind == BOBOLINK_DRIFT_MISSING) != !taken->items[n].after)
			fail(sweep, "drift does not name", taken->items[n].before);
		n++;
	}
	bobolink_drift_free(drift);
}

/* What the database refused while it was repaired. */
static void on_event(void *context, const struct bobolink_event *event)
{
	static const char words[] = " was not made again: ";
	const char *reason = strstr(event->detail, words);

	if (event->kind == BOBOLINK_EVENT_DRIFT && reason)
		keep_reason(context, "refused", reason + strlen(words));
}

static void check_left(struct sweep *sweep, const struct bobolink_repair *plan)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct bobolink_repair_item *item = &plan->items[i];

		if (item->action == BOBOLINK_REPAIR_LEAVE)
			keep_reason(sweep, bobolink_object_kind_name(item->object->kind),
				    item->reason);
	}
}

static bool took_rows(const struct bobolink_object *object, const struct bobolink_object *table)
{
	return same_name(object, table) || (object->kind == BOBOLINK_OBJECT_COLUMN &&
					    strcmp(object->schema, table->schema) == 0 &&
					    strcmp(object->parent, table->name) == 0);
}

/* Where the drop took a table or a column rows went with it; those of all others are what they were. */
static void check_rows(struct sweep *sweep, const struct contents *before,
		       const struct contents *after, const struct differences *taken)
{
	for (unsigned i = 0; i < before->count; i++) {
		const struct content *was = &before->items[i];
		bool touched = false;

		for (uint32_t n = 0; n < taken->count; n++)
			touched = touched || took_rows(taken->items[n].before, was->table);
		if (touched || !was->known)
			continue;
		sweep->compared++;
		sweep->rows += was->rows;
		if (was->rows != after->items[i].rows || was->hash != after->items[i].hash)
			fail(sweep, "the rows have changed of", was->table);
	}
}

static bool repair(struct sweep *sweep, struct bobolink_session *session)
{
	struct bobolink_repair *plan = NULL;
	struct bobolink_error error;
	bool whole;
	int rc;

	if (bobolink_plan_repair(session, &plan, &error))
		die_of("the plan", &error);
	rc = bobolink_repair(session, plan, NULL, &error);
	whole = rc == BOBOLINK_OK;
	if (rc && rc != BOBOLINK_DRIFT) {
		fail(sweep, error.message, NULL);
	} else if (rc) {
		sweep->left++;
		check_left(sweep, plan);
	} else {
		sweep->repaired++;
		sweep->reapplied += plan->reapplied > 0;
	}
	bobolink_repair_free(plan);
	return whole;
}

/* True when the database is as it was, and can serve for the next point. */
static bool run_point(struct sweep *sweep, struct door *door, const struct bobolink_object *object)
{
	static struct contents before;
	static struct contents after;
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct differences taken = { .sweep = sweep };
	struct differences rest = { .sweep = sweep };
	struct bobolink_session *session = NULL;
	struct bobolink_inventory *broken;
	struct bobolink_inventory *mended;
	struct bobolink_error error;
	unsigned failures = sweep->failures;
	char sql[NAME * 3];
	bool whole;

	write_drop(sweep, object, sql);
	sweep_read(sweep, door, &before);
	if (!*sql || !sweep_try(sweep, door, sql)) {
		sweep->refused++;
		/* SQLite has no DROP CONSTRAINT; with CASCADE the other one drops all that there is. */
		if (sweep_on_postgres(sweep))
			fail(sweep, *sql ? sql : "there is no DROP for", object);
		keep_reason(sweep, bobolink_object_kind_name(object->kind),
			    "the database itself does not drop it");
		return true;
	}
	sweep->points++;
	broken = read_inventory(sweep, door);
	bobolink_inventory_compare(sweep->whole, broken, add_difference, &taken);
	check_taken(sweep, &taken, object);
	options.validate = BOBOLINK_VALIDATE_OFF;
	options.log = on_event;
	options.log_context = sweep;
	if (bobolink_open(sweep->set, door->handle, &options, &session, &error))
		die_of("open", &error);
	check_drift(sweep, session, &taken);
	whole = repair(sweep, session);
	bobolink_close(session);
	mended = read_inventory(sweep, door);
	bobolink_inventory_compare(sweep->whole, mended, add_difference, &rest);
	if (whole && rest.count)
		fail(sweep, "repair says that all is well, but not so is", rest.items[0].before);
	sweep_read(sweep, door, &after);
	check_rows(sweep, &before, &after, &taken);
	if (sweep->failures > failures)
		printf("  after: %s\n", sql);
	/* Where rows went with it the next point begins with all of them again. */
	for (uint32_t i = 0; i < taken.count; i++)
		whole = whole && taken.items[i].before->kind != BOBOLINK_OBJECT_COLUMN;
	whole = whole && sweep->failures == failures;
	free(taken.items);
	free(rest.items);
	bobolink_inventory_free(broken);
	bobolink_inventory_free(mended);
	return whole;
}

static uint32_t chance(struct sweep *sweep, uint32_t below)
{
	sweep->random =
		sweep->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((sweep->random >> 33) % below);
}

/* The objects of a kind in a random order, for the caller to free. */
static const struct bobolink_object **shuffled(struct sweep *sweep, int32_t kind, uint32_t *count)
{
	uint32_t all = bobolink_inventory_count(sweep->whole);
	const struct bobolink_object **objects = malloc((all + 1) * sizeof(objects[0]));

	if (!objects)
		abort();
	*count = 0;
	for (uint32_t i = 0; i < all; i++) {
		const struct bobolink_object *object = bobolink_inventory_object(sweep->whole, i);
		uint32_t place;

		if (object->kind != kind)
			continue;
		place = chance(sweep, ++*count);
		objects[*count - 1] = objects[place];
		objects[place] = object;
	}
	return objects;
}

/* As many different objects of a kind as there are points, where the database drops so many. */
static void run_kind(struct sweep *sweep, struct door *door, int32_t kind, uint32_t points)
{
	uint32_t count;
	const struct bobolink_object **objects = shuffled(sweep, kind, &count);
	unsigned before = sweep->points;

	for (uint32_t i = 0; i < count && sweep->points - before < points; i++) {
		if (!sweep->intact) {
			if (door->handle)
				door_close(sweep, door);
			make_copy(sweep);
			door_open(sweep, sweep->url, door);
		}
		sweep->intact = run_point(sweep, door, objects[i]);
	}
	if (count)
		printf("  %s: %u points, of %u objects\n", bobolink_object_kind_name(kind),
		       sweep->points - before, count);
	if (kind == BOBOLINK_OBJECT_TABLE)
		sweep->tables = count;
	free(objects);
}

static void run_points(struct sweep *sweep, uint32_t points)
{
	struct door door = { NULL, { .timeout_ms = 0 }, NULL };

	for (int32_t kind = BOBOLINK_OBJECT_TABLE; kind <= BOBOLINK_OBJECT_AGGREGATE; kind++)
		run_kind(sweep, &door, kind, points);
	if (door.handle)
		door_close(sweep, &door);
}

static void prepare(struct sweep *sweep)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	const struct bobolink_migration *last =
		&sweep->set->migrations[(sweep->set->migration_count - 1) * sweep->part / 100];
	struct bobolink_session *session = NULL;
	struct bobolink_error error;
	struct door door;

	door_open(sweep, sweep->pristine, &door);
	if (bobolink_open(sweep->set, door.handle, &options, &session, &error) ||
	    bobolink_apply(session, last->version, NULL, &error))
		die_of("it does not apply", &error);
	bobolink_close(session);
	sweep->whole = read_inventory(sweep, &door);
	sweep_add_rows(sweep, &door);
	door_close(sweep, &door);
}

int corpus_main(int argc, char **argv, const struct bobolink_set *set,
		const struct corpus_engine *engine)
{
	static struct sweep sweep;

	if (argc != 5)
		return 2;
	sweep.set = set;
	sweep.engine = engine;
	sweep.backend = engine->backend();
	sweep.url = argv[1];
	sweep.pristine = argv[2];
	sweep.part = (uint32_t)strtoul(argv[4], NULL, 10);
	sweep.random = 5;
	prepare(&sweep);
	run_points(&sweep, (uint32_t)strtoul(argv[3], NULL, 10));
	bobolink_inventory_free(sweep.whole);
	for (unsigned i = 0; i < sweep.reason_count; i++)
		printf("  left %u: %s\n", sweep.reasons[i].count, sweep.reasons[i].text);
	printf("sweep: %u points, %u repaired, %u in part, %u by applying again, %u not dropped by "
	       "the "
	       "database; %lu tables with %lu rows compared\n",
	       sweep.points, sweep.repaired, sweep.left, sweep.reapplied, sweep.refused,
	       sweep.compared, sweep.rows);
	return sweep.failures || !sweep.points || !sweep.repaired ||
	       (sweep.tables > 2 && !sweep.compared);
}
