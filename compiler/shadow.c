/*
 * Shadow: the whole set runs in memory through the shipped runtime.
 */
#include "shadow.h"

#include <bobolink/sqlite3.h>

#include "image.h"

static int run(const struct compile_options *options, struct arena *arena, struct set *set,
	       sqlite3 *db, struct diagnostics *diag)
{
	struct bobolink_options session = BOBOLINK_OPTIONS_INIT;
	const struct bobolink_set *image =
		image_build(set, options, IMAGE_SHADOW, bobolink_backend_sqlite3, arena);
	struct bobolink_error error;

	if (bobolink_migrate_sqlite3(image, db, &session, &error) == BOBOLINK_OK)
		return 0;
	diagnostic_path(diag, SEVERITY_ERROR, "sql-error", error.file, "%u:%u: %s", error.line,
			error.column, error.message);
	return -1;
}

int shadow(const struct compile_options *options, struct arena *arena, struct set *set,
	   struct diagnostics *diag)
{
	sqlite3 *db = NULL;
	int rc;

	if (sqlite3_open(":memory:", &db))
		arena_exhausted();
	rc = run(options, arena, set, db, diag);
	sqlite3_close(db);
	return rc;
}
