/* bobolink lock DIR: seals the migrations that are released. */
#include "lock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "compile.h"
#include "support/file.h"

static int write_lock(const struct lock_file *lock, const struct set *set, struct arena *arena,
		      struct diagnostics *diag)
{
	const char *text = lock_render(lock, set, arena);

	if (file_write_if_changed(lock->path, text, strlen(text)) == 0)
		return 0;
	diagnostic_path(diag, SEVERITY_ERROR, "output", lock->path, "%s",
			file_reason(errno, arena));
	return -1;
}

static int seal(const struct compile_options *options, const struct arguments *arguments,
		struct arena *arena, struct lock_file *lock, struct set *set,
		struct diagnostics *diag)
{
	if (compile_read(options, arena, lock, set, diag))
		return -1;
	for (size_t i = 0; i < arguments->amend_count; i++) {
		if (lock_amend(lock, set, arguments->amend[i], arena, diag))
			return -1;
	}
	if (lock_check(lock, options, arena, set, diag))
		return -1;
	return write_lock(lock, set, arena, diag);
}

static void print_result(const struct arguments *arguments, const struct lock_file *lock,
			 const struct set *set)
{
	uint32_t sealed = set->count - lock->count;

	if (arguments->format != FORMAT_GCC)
		return;
	printf("%s: %" PRIu32 " migration%s", lock->path, set->count, set->count == 1 ? "" : "s");
	if (sealed)
		printf(", %" PRIu32 " new", sealed);
	if (arguments->amend_count)
		printf(", %zu amended", arguments->amend_count);
	puts(sealed || arguments->amend_count ? "" : ", nothing new");
}

enum status command_lock(const struct arguments *arguments, struct arena *arena)
{
	struct compile_options options = arguments->compile;
	struct diagnostics diag = { .arena = arena };
	struct lock_file lock = { .present = false };
	struct set set = { .count = 0 };
	int rc;

	options.directory = arguments->operands[0];
	options.seal = true;
	rc = seal(&options, arguments, arena, &lock, &set, &diag);
	if (command_report(arguments, &diag) != STATUS_DONE || rc)
		return STATUS_BAD;
	print_result(arguments, &lock, &set);
	return STATUS_DONE;
}
