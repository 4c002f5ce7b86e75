/* bobolink snapshot DIR: runs the migrations on PostgreSQL and keeps what came of it, for builds without a server. */
#include "snapshot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "compile.h"
#include "support/file.h"

static bool holds(const char *path, const char *text, struct arena *arena)
{
	size_t length = 0;
	char *old = NULL;

	return file_read(path, arena, &old, &length) == FILE_OK && length == strlen(text) &&
	       memcmp(old, text, length) == 0;
}

/* `*same` tells that the file holds this already. Returns 0, or -1 after an error. */
static int write_snapshot(const char *path, const struct set *set, struct arena *arena,
			  struct diagnostics *diag, bool *same)
{
	const char *text = snapshot_render(set, arena);

	*same = holds(path, text, arena);
	if (*same || file_write(path, text, strlen(text)) == 0)
		return 0;
	diagnostic_path(diag, SEVERITY_ERROR, "output", path, "%s", file_reason(errno, arena));
	return -1;
}

static int take(const struct arguments *arguments, const char *path, struct arena *arena,
		struct set *set, struct diagnostics *diag, bool *same)
{
	struct compile_options options = arguments->compile;

	options.directory = arguments->operands[0];
	options.name = "snapshot"; /* the shadow run wants one; it shows nowhere */
	options.shadow = SHADOW_ON;
	options.snapshot = true;
	if (compile_prove(&options, arena, set, diag) || diag->errors)
		return -1;
	return write_snapshot(path, set, arena, diag, same);
}

enum status command_snapshot(const struct arguments *arguments, struct arena *arena)
{
	const char *path = snapshot_path(arguments->operands[0], arena);
	struct diagnostics diag = { .arena = arena };
	struct set set = { .count = 0 };
	bool same = false;
	int rc;

	if (arguments->compile.database != DATABASE_POSTGRES) {
		command_error("leave it out: the tool itself runs migrations for SQLite",
			      "a snapshot is for PostgreSQL");
		return STATUS_USAGE;
	}
	rc = take(arguments, path, arena, &set, &diag, &same);
	if (command_report(arguments, &diag) != STATUS_DONE || rc)
		return STATUS_BAD;
	if (arguments->format == FORMAT_GCC)
		printf("%s: %" PRIu32 " migration%s, PostgreSQL %d%s\n", path, set.count,
		       set.count == 1 ? "" : "s", set.server, same ? ", unchanged" : "");
	return STATUS_DONE;
}
