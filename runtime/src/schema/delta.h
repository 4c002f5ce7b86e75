/* Deltas, and expected schemas of the same form, line by line. */
#ifndef BL_SCHEMA_DELTA_H
#define BL_SCHEMA_DELTA_H

#include <bobolink/schema.h>

#include "../memory.h"

/* A line: its mark, and the object with the fields that it gives. Strings live in the reader's pool. */
struct bl_delta_line {
	char mark; /* '+', '-' or '~' */
	struct bobolink_object object;
};

struct bl_delta_reader {
	struct bl_pool *pool;
	const char *rest; /* what was not read yet; "" at the end */
	uint32_t number;  /* of the line that was read last, from 1 */
};

/* Reads the next line; `rest` is not "". Returns 0, BOBOLINK_CORRUPT or BOBOLINK_NO_MEMORY. */
int bl_delta_next(struct bl_delta_reader *reader, struct bl_delta_line *line,
		  struct bobolink_error *error);

/* The line that was read last "is what": BOBOLINK_CORRUPT. */
int bl_delta_malformed(const struct bl_delta_reader *reader, struct bobolink_error *error,
		       const char *what);

#endif
