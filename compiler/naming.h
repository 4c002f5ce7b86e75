/* Naming: what the name of a file or folder says about the migration in it. */
#ifndef NAMING_H
#define NAMING_H

#include "model.h"
#include "support/arena.h"

enum naming_fault {
	NAMING_OK,
	NAMING_EXTENSION,  /* not .sql */
	NAMING_NO_VERSION, /* does not begin with a number and an underscore */
	NAMING_NO_NAME,	   /* nothing after the underscore */
	NAMING_DOTS,	   /* dots in the wrong place: 0001_name..up.sql, 0001_name.UP.sql */
	NAMING_TOO_LARGE,  /* the number is larger than INT64_MAX */
};

struct naming {
	int64_t version;
	enum source_role role; /* of a folder: SOURCE_BOTH */
	const char *name;      /* between the first underscore and the extension */
	const char *entry;     /* as in the lock file */
};

/*
 * Reads the name of a file, or of a folder with up.sql and down.sql. The version is digits; in a dated prefix,
 * 2024-05-01-101010, dashes are left out, 2024-5-1-1010 means the same, and a dash may stand before the name.
 */
enum naming_fault naming_parse(const char *file, bool folder, struct arena *arena,
			       struct naming *naming);

/* Length of the version's digits (and dashes) at the front of a name; 0 when there are none. */
size_t naming_prefix(const char *text);

/* The name nearest to a bad one that would be accepted; `prefix` stands in for a missing version. */
const char *naming_suggest(const char *file, bool folder, const char *prefix, struct arena *arena);

/*
 * The prefix after `prefix` in its own style: a timestamp (UTC) later than it, or the number `step` larger in as many
 * digits. Returns NULL when there is no larger version.
 */
const char *naming_next(const char *prefix, int64_t step, struct arena *arena);

#endif
