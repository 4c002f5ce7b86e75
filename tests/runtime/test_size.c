/*
 * What a program pays for: core and SQLite backend stay small. Measured at -Os, whatever the build
 * is made with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"

#define LIMIT (96 * 1024)

/* The output of a shell command in one buffer; NULL when it failed. */
static char *output_of(const char *command)
{
	static char text[16384];
	FILE *pipe = popen(command, "r");
	size_t length;

	if (!pipe)
		return NULL;
	length = fread(text, 1, sizeof(text) - 1, pipe);
	text[length] = '\0';
	return pclose(pipe) == 0 ? text : NULL;
}

static void core_and_backend_stay_under_96_kib_of_text(void **state)
{
	char directory[256];
	char command[2000];
	long total = 0;
	int objects = 0;
	char *text;

	(void)state;
	scratch_make(directory);
	snprintf(command, sizeof(command),
		 "cd %s && for f in %s/runtime/src/*.c %s/runtime/src/sqlite3/*.c; do "
		 "cc -Os -std=c11 -D_POSIX_C_SOURCE=200809L -I%s/runtime/include -c \"$f\" -o "
		 "\"$(echo \"$f\" | tr / _).o\" || exit 1; done && size *.o",
		 directory, BOBOLINK_SOURCE_DIR, BOBOLINK_SOURCE_DIR, BOBOLINK_SOURCE_DIR);
	text = output_of(command);
	if (!text) {
		scratch_remove(directory);
		print_message("cc or size is missing\n");
		skip();
	}
	/* A line for each object behind the heading; the first number is its text. */
	for (char *line = strchr(text, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
		total += strtol(line + 1, NULL, 10);
		objects++;
	}
	scratch_remove(directory);
	print_message("%d objects, %ld bytes of text at -Os, limit %d\n", objects, total, LIMIT);
	assert_true(objects > 10);
	assert_true(total > 0 && total < LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(core_and_backend_stay_under_96_kib_of_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
