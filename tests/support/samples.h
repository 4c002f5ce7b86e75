/* Statements that need a newer library or server, and what lint finds out about them. */
#ifndef TEST_SAMPLES_H
#define TEST_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#include "lint_features.h"

struct sample {
	uint32_t version;    /* 0: any */
	const char *feature; /* NULL with version 0 */
	const char *sql;
	int flags; /* for the test */
};

/* Lint finds of each statement what the sample says. */
void samples_are_found(enum database database, const struct sample *samples, size_t count);
/* The same on a PostgreSQL server that has the extension already. */
void samples_are_found_beside(const char *extension, const struct sample *samples, size_t count);
/* Each feature of a table has a sample. */
void samples_cover(const struct feature *features, const struct sample *samples, size_t count);

#endif
