/*
 * False alarms: is there drift where nobody touched anything?
 *
 *     apply DATABASE STRIDE   applies the migrations, and looks for drift after every STRIDE-th and the last
 *     baseline DATABASE       takes what is there as applied, and looks for drift
 *
 * Prints every difference; exit status 1 when there is one, 3 when the database is older than a statement, and 4 when it
 * refuses one for another reason.
 */
#include "corpus.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/schema.h>

struct look {
	const struct bobolink_set *set;
	struct bobolink_session *session;
	unsigned looks;
	unsigned long objects;
	unsigned differences;
};

static void die_of(const char *what, const struct bobolink_error *error)
{
	char text[2048];

	fprintf(stderr, "%s: %s\n", what, bobolink_error_text(error, text, sizeof(text)));
	exit(error->code == BOBOLINK_TOO_OLD ? 3 : error->code == BOBOLINK_SQL_ERROR ? 4 : 2);
}

static void print_item(int64_t version, const struct bobolink_drift_item *item)
{
	char name[BOBOLINK_MESSAGE_SIZE];

	bobolink_object_text(item->expected ? item->expected : item->actual, name, sizeof(name));
	printf("at %" PRId64 ": %s: expected \"%s\", found \"%s\"\n", version, name,
	       item->expected ? item->expected->definition : "",
	       item->actual ? item->actual->definition : "");
}

/* How much there was to compare. */
static unsigned long count_objects(const struct look *look, int64_t version)
{
	struct bobolink_inventory *expected = NULL;
	struct bobolink_error error;
	unsigned long count;

	if (bobolink_schema_expected(look->set, version, NULL, &expected, &error))
		die_of("the expected schema", &error);
	count = bobolink_inventory_count(expected);
	bobolink_inventory_free(expected);
	return count;
}

static void look_for_drift(struct look *look)
{
	struct bobolink_drift *drift = NULL;
	struct bobolink_error error;

	if (bobolink_drift(look->session, &drift, &error))
		die_of("drift", &error);
	for (uint32_t i = 0; i < drift->count; i++)
		print_item(drift->version, &drift->items[i]);
	look->looks++;
	look->differences += drift->count;
	look->objects += count_objects(look, drift->version);
	bobolink_drift_free(drift);
}

static void apply(struct look *look, uint32_t stride)
{
	const struct bobolink_set *set = look->set;
	struct bobolink_error error;

	for (uint32_t i = 0; i < set->migration_count; i++) {
		if ((i + 1) % stride && i + 1 < set->migration_count)
			continue;
		if (bobolink_apply(look->session, set->migrations[i].version, NULL, &error))
			die_of("it does not apply", &error);
		look_for_drift(look);
	}
}

static void baseline(struct look *look)
{
	const struct bobolink_set *set = look->set;
	struct bobolink_error error;

	if (bobolink_baseline(look->session, set->migrations[set->migration_count - 1].version, 0,
			      NULL, NULL, NULL, &error))
		die_of("it is no baseline", &error);
	look_for_drift(look);
}

int corpus_main(int argc, char **argv, const struct bobolink_set *set,
		const struct corpus_engine *engine)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct look look = { .set = set };
	struct bobolink_error error;
	void *handle;

	if (argc < 3 || (strcmp(argv[1], "apply") == 0) != (argc == 4))
		return 2;
	handle = engine->open(argv[2]);
	/* What is looked at is drift itself. */
	options.validate = BOBOLINK_VALIDATE_OFF;
	if (bobolink_open(set, handle, &options, &look.session, &error))
		die_of(argv[2], &error);
	if (argc == 4)
		apply(&look, (uint32_t)strtoul(argv[3], NULL, 10));
	else
		baseline(&look);
	bobolink_close(look.session);
	engine->close(handle);
	printf("sweep: %u looks, %lu objects expected, %u differences\n", look.looks, look.objects,
	       look.differences);
	return look.differences || !look.looks || !look.objects;
}
