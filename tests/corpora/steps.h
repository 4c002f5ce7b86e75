/* Applies a set one migration at a time, and asks the queries of each section in the state before it. */
#ifndef STEPS_H
#define STEPS_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <bobolink/migrations.h>

#define STEPS_QUERY 65536

/* Asks one query: 0 when it gives one value. */
typedef int steps_ask_fn(void *context, const char *query);
typedef int steps_migrate_fn(void *context, const struct bobolink_set *set);

/* The query of a line, without its escapes and without the table behind it; -1 when there is none. */
static int steps_query(const char *line, const char *end, char *query)
{
	const char *at = memchr(line, '\t', (size_t)(end - line));
	size_t length = 0;

	if (!at || end - at >= STEPS_QUERY)
		return -1;
	for (at++; at < end && *at != '\t'; at++)
		query[length++] = *at != '\\' ? *at : *++at == 't' ? '\t' : *at == 'n' ? '\n' : *at;
	query[length] = 0;
	return 0;
}

static int steps_losses(const char *losses, steps_ask_fn *ask, void *context, uint32_t *count)
{
	static char query[STEPS_QUERY];

	for (const char *end; (end = strchr(losses, '\n')); losses = end + 1) {
		if (steps_query(losses, end, query))
			return 1;
		if (*query && ask(context, query)) {
			fprintf(stderr, "no value: %s\n", query);
			return 1;
		}
		++*count;
	}
	return *losses != 0;
}

/* 0 when every migration was applied and every query answered. */
static int steps_run(const struct bobolink_set *set, steps_migrate_fn *migrate, steps_ask_fn *ask,
		     void *context)
{
	uint32_t asked = 0;

	for (uint32_t i = 0; i < set->migration_count; i++) {
		const char *text = set->chunks[i / BOBOLINK_CHUNK_SIZE].text;
		struct bobolink_set part = *set;
		char digest[65];

		snprintf(digest, sizeof(digest), "%064u", i);
		part.digest = i + 1 < set->migration_count ? digest : set->digest;
		part.migration_count = i + 1;
		part.chunk_count = i / BOBOLINK_CHUNK_SIZE + 1;
		if (steps_losses(text + set->migrations[i].up.losses, ask, context, &asked) ||
		    migrate(context, &part) ||
		    steps_losses(text + set->migrations[i].down.losses, ask, context, &asked))
			return 1;
	}
	printf("sweep: %u losses\n", asked);
	return 0;
}

#endif
