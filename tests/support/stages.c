/* Runs the first stages of the compiler on a literal. */
#include "stages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <inttypes.h>

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
	return lexer_run(&stages->source, stages->database, &stages->arena, &stages->part.tokens,
			 &stages->diag);
}

int stages_split(struct stages *stages)
{
	if (stages_lex(stages))
		return -1;
	return split(&stages->source, &stages->part.tokens, stages->database, &stages->arena,
		     &stages->statements, &stages->diag);
}

int stages_directive(struct stages *stages)
{
	if (stages_split(stages))
		return -1;
	return directive(&stages->source, &stages->statements, stages->database, &stages->arena,
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

static void describe_settings(const struct settings *settings, struct buffer *out)
{
	static const char *const transactions[] = { "", " transaction-on", " transaction-off" };

	buffer_add_text(out, transactions[settings->transaction]);
	if (settings->lock_timeout_ms)
		buffer_format(out, " lock=%u", settings->lock_timeout_ms);
	if (settings->statement_timeout_ms)
		buffer_format(out, " statement=%u", settings->statement_timeout_ms);
	if (settings->allow_data_loss)
		buffer_add_text(out, " data-loss");
	if (settings->irreversible)
		buffer_format(out, " irreversible=%s", settings->irreversible);
	if (settings->shadow_off)
		buffer_format(out, " shadow-off=%s", settings->shadow_off);
	if (settings->call)
		buffer_format(out, " call=%s", settings->call);
	if (settings->only)
		buffer_format(out, " only=%s", settings->only);
	if (settings->except)
		buffer_format(out, " except=%s", settings->except);
}

static void describe_script(const struct part *part, struct buffer *out)
{
	const struct settings *settings = &part->settings;

	buffer_format(out, "script requires=%" PRId64 " attempts=%u", settings->required,
		      settings->attempts);
	if (settings->after)
		buffer_format(out, " after=%s", settings->after);
	if (settings->has_not_before)
		buffer_format(out, " not-before=%" PRId64, settings->not_before);
	if (settings->has_not_after)
		buffer_format(out, " not-after=%" PRId64, settings->not_after);
	if (settings->window_to)
		buffer_format(out, " window=%u-%u", settings->window_from, settings->window_to);
	buffer_add_text(out, settings->when_after ? " when-after" : "");
	buffer_add_text(out, settings->repeat_always ? " always" : "");
	buffer_format(out, ": %s\n", part->title ? part->title : "");
}

static void describe_section(const char *name, const struct section *section, struct buffer *out)
{
	buffer_add_text(out, name);
	describe_settings(&section->settings, out);
	buffer_add_text(out, section->wrapped ? " wrapped" : "");
	buffer_add_text(out, section->foreign_keys_off ? " keys-off" : "");
	buffer_add_text(out, section->no_transaction ? " no-transaction" : "");
	for (uint32_t i = 0; i < section->allowance_count; i++)
		buffer_format(out, " allow(%s|%s|%u)", section->allowances[i].rule,
			      section->allowances[i].reason, section->allowances[i].line);
	buffer_add_text(out, ":");
	for (uint32_t i = 0; i < section->count; i++) {
		buffer_add_text(out, " [");
		buffer_add(out, section->source->text + section->statements[i].offset,
			   section->statements[i].length);
		buffer_add_text(out, "]");
	}
	buffer_add_text(out, "\n");
}

void stages_assert_part(enum source_role role, const char *text, const char *expected)
{
	struct stages stages;
	struct buffer all = BUFFER_INIT;
	int rc;

	stages_init(&stages, text, strlen(text), role);
	rc = stages_directive(&stages);
	assert_string_equal(stages_report(&stages), "");
	assert_int_equal(rc, 0);
	buffer_add_text(&all, "");
	if (role == SOURCE_FIX || role == SOURCE_REPEATABLE)
		describe_script(&stages.part, &all);
	if (stages.part.guard.present)
		describe_section("should-run", &stages.part.guard, &all);
	if (stages.part.given.present)
		describe_section("given", &stages.part.given, &all);
	if (stages.part.up.present)
		describe_section("up", &stages.part.up, &all);
	if (stages.part.down.present)
		describe_section("down", &stages.part.down, &all);
	assert_string_equal(all.text, expected);
	buffer_release(&all);
	stages_release(&stages);
}

void stages_assert_refused(enum source_role role, const char *text, const char *expected)
{
	struct stages stages;

	stages_init(&stages, text, strlen(text), role);
	assert_int_equal(stages_directive(&stages), -1);
	assert_string_equal(stages_report(&stages), expected);
	stages_release(&stages);
}

void stages_assert_rule(const char *text, uint32_t line, uint32_t column, const char *rule)
{
	struct stages stages;
	uint32_t found_line;
	uint32_t found_column;

	stages_init(&stages, text, strlen(text), SOURCE_BOTH);
	if (stages_directive(&stages) == 0)
		fail_msg("accepted: %s", text);
	if (stages.diag.count != 1)
		fail_msg("%s: %s", text, stages_report(&stages));
	diagnostic_position(&stages.source, stages.diag.items[0].offset, &found_line,
			    &found_column);
	assert_string_equal(stages.diag.items[0].rule, rule);
	assert_int_equal(found_line, line);
	assert_int_equal(found_column, column);
	assert_non_null(stages.diag.items[0].help);
	stages_release(&stages);
}
