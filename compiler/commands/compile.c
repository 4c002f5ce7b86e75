/* bobolink compile DIR, bobolink check DIR: run the pipeline, print what it found. */
#include "compile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "support/file.h"

/* The last component of the directory's real path as a C identifier. */
static const char *name_of(const char *directory, struct arena *arena)
{
	const char *path = file_real_path(directory, arena);
	const char *slash = strrchr(path, '/');
	char *name = arena_format(arena, "_%s", slash ? slash + 1 : path);

	for (char *c = name; *c; c++) {
		if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') &&
		    !(*c >= '0' && *c <= '9'))
			*c = '_';
	}
	return name[1] >= '0' && name[1] <= '9' ? name : name + 1;
}

/* Returns the exit status; `*set` is filled when that is STATUS_DONE. */
static enum status run(const struct arguments *arguments, struct arena *arena, struct set *set)
{
	struct compile_options options = arguments->compile;
	struct diagnostics diag = {
		.arena = arena,
		.warnings_as_errors = options.warnings_as_errors,
	};
	int rc;

	options.directory = arguments->operands[0];
	if (!options.name)
		options.name = name_of(options.directory, arena);
	rc = compile(&options, arena, set, &diag);
	return command_report(arguments, &diag) == STATUS_DONE && rc == 0 ? STATUS_DONE
									  : STATUS_BAD;
}

/* ", 3 fixes, 1 repeatable" where there are any. */
static void print_count(uint32_t count, const char *one, const char *many)
{
	if (count)
		printf(", %" PRIu32 " %s", count, count == 1 ? one : many);
}

enum status command_check(const struct arguments *arguments, struct arena *arena)
{
	struct set set = { .count = 0 };
	enum status status = run(arguments, arena, &set);

	if (status != STATUS_DONE || arguments->format != FORMAT_GCC)
		return status;
	printf("%" PRIu32 " migration%s", set.count, set.count == 1 ? "" : "s");
	print_count(set.fix_count, "fix", "fixes");
	print_count(set.repeatable_count, "repeatable", "repeatables");
	printf(", digest %s\n", set.digest);
	return status;
}

enum status command_compile(const struct arguments *arguments, struct arena *arena)
{
	struct set set = { .count = 0 };

	if (!arguments->compile.output) {
		command_error("bobolink compile DIR --output OUTDIR; bobolink check DIR only looks",
			      "--output is missing");
		return STATUS_USAGE;
	}
	return run(arguments, arena, &set);
}
