/*
 * Emit, the header: what an application includes to name the set and its versions.
 *
 * Compiles as C99, C11 and C++11. The macros make a version a compile-time constant, so that code
 * which needs a migration stops compiling when that migration is renamed or removed.
 */
#include "emit.h"

#include <inttypes.h>

#include "emit_literal.h"
#include "image.h"

static void print_versions(const struct set *set, struct buffer *out)
{
	for (uint32_t i = 0; i < set->count; i++) {
		const struct migration *migration = &set->migrations[i];

		buffer_add_text(out, "#define ");
		emit_version_macro(out, set->name, migration->version, migration->name);
		buffer_format(out, " INT64_C(%" PRId64 ")\n", migration->version);
	}
}

static void print_head(const struct set *set, struct buffer *out)
{
	const struct migration *last;

	buffer_add_text(out, "#define ");
	emit_macro_text(out, set->name);
	buffer_add_text(out, "_HEAD_VERSION ");
	if (set->count) {
		last = &set->migrations[set->count - 1];
		emit_version_macro(out, set->name, last->version, last->name);
	} else {
		buffer_add_text(out, "INT64_C(-1)");
	}
	buffer_add_text(out, "\n\n");
}

static void print_guard(const struct set *set, struct buffer *out)
{
	buffer_add_text(out, "#ifndef ");
	emit_macro_text(out, set->name);
	buffer_add_text(out, "_MIGRATIONS_H\n#define ");
	emit_macro_text(out, set->name);
	buffer_add_text(out, "_MIGRATIONS_H\n\n");
}

/* A function that is missing is an error of the linker, another signature one of the compiler. */
static void print_calls(const struct image_calls *calls, struct buffer *out)
{
	if (calls->count)
		buffer_add_text(out,
				"/* The functions of the application that the migrations call: see "
				"bobolink/step.h. */\n");
	for (uint32_t i = 0; i < calls->count; i++)
		buffer_format(out, "int %s(struct bobolink_step *step);\n",
			      calls->sections[i]->settings.call);
	if (calls->count)
		buffer_add_text(out, "\n");
}

void emit_header(const struct set *set, struct arena *arena, struct buffer *out)
{
	const struct image_calls calls = image_calls(set, arena);

	buffer_add_text(out,
			"/* Made by `bobolink compile`: edit the SQL files, not this one. */\n");
	print_guard(set, out);
	buffer_add_text(
		out, "#include <bobolink/migrations.h>\n\n"
		     "/* The version of each migration, and of the last (-1 when there is none). "
		     "*/\n");
	print_versions(set, out);
	print_head(set, out);
	buffer_add_text(out, "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
	print_calls(&calls, out);
	buffer_format(
		out,
		"/* The migrations of \"%s\": for bobolink_migrate() and bobolink_open(). */\n"
		"extern const struct bobolink_set %s_migrations;\n\n"
		"#ifdef __cplusplus\n}\n#endif\n\n#endif\n",
		set->name, set->name);
}
