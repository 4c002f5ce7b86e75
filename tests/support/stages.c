/* Runs the first stages of the compiler on a literal. */
#include "stages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "directive.h"
#include "lexer.h"
#include "scan.h"
#include "split.h"
#include "support/arena.h"
#include "support/buffer.h"
#include "support/file.h"

void stages_init(struct stages *stages, const char *text, size_t length, enum source_role role)
{
	memset(stages, 0, sizeof(*stages));
	stages->diag.arena = &stages->arena;
	scan_text("x.sql", text, length, &stages->arena, &stages->source);
	stages->source.role = role;
}

void stages_release(struct stages *stages)
{
	arena_release(&stages->arena);
}

int stages_lex(struct stages *stages)
{
	return lexer_run(&stages->source, DATABASE_SQLITE, &stages->arena, &stages->part.tokens,
			 &stages->diag);
}

int stages_split(struct stages *stages)
{
	if (stages_lex(stages))
		return -1;
	return split(&stages->source, &stages->part.tokens, DATABASE_SQLITE, &stages->arena,
		     &stages->statements, &stages->diag);
}

int stages_directive(struct stages *stages)
{
	if (stages_split(stages))
		return -1;
	return directive(&stages->source, &stages->statements, DATABASE_SQLITE, &stages->arena,
			 &stages->part, &stages->diag);
}

const char *stages_report(struct stages *stages)
{
	struct buffer text = BUFFER_INIT;
	const char *copy;

	buffer_add_text(&text, "");
	for (size_t i = 0; i < stages->diag.count; i++) {
		const struct diagnostic *item = &stages->diag.items[i];
		uint32_t line;
		uint32_t column;

		diagnostic_position(&stages->source, item->offset, &line, &column);
		buffer_format(&text, "%u:%u+%u %s [%s] | %s\n", line, column, item->length,
			      item->message, item->rule, item->help ? item->help : "no help");
	}
	copy = arena_copy(&stages->arena, text.text, text.length);
	buffer_release(&text);
	return copy;
}

char *stages_file(struct arena *arena, const char *path, size_t *length)
{
	char *bytes = NULL;

	assert_int_equal(file_read(path, arena, &bytes, length), FILE_OK);
	return bytes;
}
