/*
 * Emit, the tables: migrations, or scripts, with their texts and statements in chunks.
 *
 * The texts of a chunk are one struct of char arrays, a member for each, in the order in which the image stored
 * them; everything else refers to members by offsetof. A member is named after what it belongs to: v7_up_1 of
 * migration 7, f7_guard_1 of fix 7, r1_up_1 of the first repeatable.
 */
#include "emit_table.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "emit_literal.h"

/* A text of a chunk: the member of the struct that holds it. */
struct member {
	uint32_t index;	    /* of the item */
	const char *kind;   /* "name", "up" */
	uint32_t statement; /* number from 1; 0 for a text that is not a statement's */
	const char *suffix; /* of a statement's text: "", "_probe", "_locks" */
	const char *text;
	uint32_t length;
};

typedef void member_fn(const struct emit_table *table, const struct member *member);

static const struct emit_flag statement_flags[] = {
	{ BOBOLINK_STATEMENT_NO_TRANSACTION, "BOBOLINK_STATEMENT_NO_TRANSACTION" },
	{ BOBOLINK_STATEMENT_REPEATABLE, "BOBOLINK_STATEMENT_REPEATABLE" },
	{ 0, NULL },
};

static const struct emit_flag section_flags[] = {
	{ BOBOLINK_SECTION_PRESENT, "BOBOLINK_SECTION_PRESENT" },
	{ BOBOLINK_SECTION_NO_TRANSACTION, "BOBOLINK_SECTION_NO_TRANSACTION" },
	{ BOBOLINK_SECTION_FOREIGN_KEYS_OFF, "BOBOLINK_SECTION_FOREIGN_KEYS_OFF" },
	{ BOBOLINK_SECTION_DATA_LOSS, "BOBOLINK_SECTION_DATA_LOSS" },
	{ 0, NULL },
};

static const struct emit_flag script_flags[] = {
	{ BOBOLINK_SCRIPT_AFTER, "BOBOLINK_SCRIPT_AFTER" },
	{ BOBOLINK_SCRIPT_ALWAYS, "BOBOLINK_SCRIPT_ALWAYS" },
	{ BOBOLINK_SCRIPT_UNPROVEN, "BOBOLINK_SCRIPT_UNPROVEN" },
	{ 0, NULL },
};

static uint32_t chunk_end(const struct emit_table *table, uint32_t chunk)
{
	uint32_t end = (chunk + 1) * BOBOLINK_CHUNK_SIZE;

	return end < table->count ? end : table->count;
}

static const struct bobolink_chunk *chunk_of(const struct emit_table *table, uint32_t index)
{
	return &table->chunks[index / BOBOLINK_CHUNK_SIZE];
}

static const char *text_at(const struct emit_table *table, uint32_t index, uint32_t offset)
{
	return chunk_of(table, index)->text + offset;
}

void emit_flags(struct buffer *out, const char *before, uint32_t flags,
		const struct emit_flag *names, const char *after)
{
	const char *separator = "";

	if (!flags)
		return;
	buffer_format(out, "%s.flags = ", before);
	for (; names->name; names++) {
		if (!(flags & names->flag))
			continue;
		buffer_format(out, "%s%s", separator, names->name);
		separator = " | ";
	}
	buffer_add_text(out, after);
}

/* "v7", "f7"; the name of a repeatable need not be one in C: "r1" for the first. */
static void print_owner(const struct emit_table *table, uint32_t index)
{
	bool is_repeatable = table->settings && index >= table->fix_count;
	char letter = is_repeatable ? 'r' : table->settings ? 'f' : 'v';
	int64_t number =
		is_repeatable ? (int64_t)index - table->fix_count + 1 : table->items[index].version;

	buffer_format(table->out, "%c%" PRId64, letter, number);
}

/* "offsetof(struct text_0, v7", to which the caller adds "_name)". */
static void print_offsetof(const struct emit_table *table, uint32_t index)
{
	buffer_format(table->out, "offsetof(struct %stext_%u, ", table->prefix,
		      index / BOBOLINK_CHUNK_SIZE);
	print_owner(table, index);
}

/* The files of an item, above its texts and above its row. */
static void print_files(const struct emit_table *table, uint32_t index)
{
	uint32_t up = table->items[index].up.file;
	uint32_t down = table->items[index].down.file;

	buffer_add_text(table->out, "\t/* ");
	emit_comment_text(table->out, text_at(table, index, up));
	if (down && down != up) {
		buffer_add_text(table->out, up ? ", " : "");
		emit_comment_text(table->out, text_at(table, index, down));
	}
	buffer_add_text(table->out, " */\n");
}

/* --- texts ----------------------------------------------------------------------------------- */

static void visit_text(const struct emit_table *table, uint32_t index, const char *kind,
		       uint32_t offset, member_fn *visit)
{
	struct member member = { index, kind, 0, "", NULL, 0 };

	if (!offset)
		return;
	member.text = text_at(table, index, offset);
	member.length = (uint32_t)strlen(member.text);
	visit(table, &member);
}

/* A text that belongs to the text of a statement. */
static void visit_more(const struct emit_table *table, struct member member, const char *suffix,
		       uint32_t offset, member_fn *visit)
{
	if (!offset)
		return;
	member.suffix = suffix;
	member.text = text_at(table, member.index, offset);
	member.length = (uint32_t)strlen(member.text);
	visit(table, &member);
}

static void visit_statements(const struct emit_table *table, uint32_t index, const char *kind,
			     const struct bobolink_section *section, member_fn *visit)
{
	struct member member = { .index = index, .kind = kind };
	const struct bobolink_statement *statement;

	for (uint32_t i = 0; i < section->count; i++) {
		statement = &chunk_of(table, index)->statements[section->first + i];
		member.statement = i + 1;
		member.suffix = "";
		member.text = text_at(table, index, statement->text);
		member.length = statement->length;
		visit(table, &member);
		visit_more(table, member, "_probe", statement->probe, visit);
		visit_more(table, member, "_locks", statement->locks, visit);
	}
}

/* `file`: where the section's file has been visited already. */
static void visit_section(const struct emit_table *table, uint32_t index, const char *kind,
			  const struct bobolink_section *section, uint32_t file, member_fn *visit)
{
	char name[32];

	snprintf(name, sizeof(name), "%s_file", kind);
	visit_text(table, index, name, section->file == file ? 0 : section->file, visit);
	snprintf(name, sizeof(name), "%s_losses", kind);
	visit_text(table, index, name, section->losses, visit);
	snprintf(name, sizeof(name), "%s_feature", kind);
	visit_text(table, index, name, section->feature, visit);
	visit_statements(table, index, kind, section, visit);
}

/* Every text of an item, in the order in which the image stored them. */
static void visit_members(const struct emit_table *table, uint32_t index, member_fn *visit)
{
	const struct bobolink_migration *item = &table->items[index];
	const struct bobolink_script *script;

	visit_text(table, index, "name", item->name, visit);
	visit_text(table, index, "checksum", item->checksum, visit);
	visit_text(table, index, "sql_checksum", item->sql_checksum, visit);
	visit_text(table, index, "superseded", item->superseded, visit);
	visit_text(table, index, "irreversible", item->irreversible, visit);
	visit_text(table, index, "delta", item->delta, visit);
	visit_text(table, index, "requirements", item->requirements, visit);
	visit_text(table, index, "only", item->only, visit);
	visit_text(table, index, "except", item->except, visit);
	visit_section(table, index, "up", &item->up, 0, visit);
	visit_section(table, index, "down", &item->down, item->up.file, visit);
	if (!table->settings)
		return;
	script = &table->settings[index];
	visit_text(table, index, "title", script->title, visit);
	visit_text(table, index, "after", script->after, visit);
	visit_section(table, index, "guard", &script->guard, item->up.file, visit);
}

static void print_declaration(const struct emit_table *table, const struct member *member)
{
	buffer_add_text(table->out, "\tchar ");
	print_owner(table, member->index);
	buffer_format(table->out, "_%s", member->kind);
	if (member->statement)
		buffer_format(table->out, "_%" PRIu32 "%s", member->statement, member->suffix);
	buffer_format(table->out, "[%" PRIu64 "];\n", (uint64_t)member->length + 1);
}

/* Without the member's name: one compiler takes time quadratic in the number of named members. */
static void print_value(const struct emit_table *table, const struct member *member)
{
	buffer_add_text(table->out, "\t");
	emit_literal(table->out, "\t\t", member->text, member->length);
	buffer_add_text(table->out, ",\n");
}

static void print_texts(const struct emit_table *table, uint32_t chunk)
{
	uint32_t first = chunk * BOBOLINK_CHUNK_SIZE;

	buffer_format(table->out, "static const struct %stext_%" PRIu32 " {\n\tchar none[1];\n",
		      table->prefix, chunk);
	for (uint32_t i = first; i < chunk_end(table, chunk); i++) {
		print_files(table, i);
		visit_members(table, i, print_declaration);
	}
	buffer_format(table->out, "} %stext_%" PRIu32 " = {\n\t\"\",\n", table->prefix, chunk);
	for (uint32_t i = first; i < chunk_end(table, chunk); i++) {
		print_files(table, i);
		visit_members(table, i, print_value);
	}
	buffer_add_text(table->out, "};\n\n");
}

/* --- statements ------------------------------------------------------------------------------ */

/* `.probe = offsetof(struct text_0, v7_up_1_probe)` or nothing for offset 0. */
static void print_more(const struct emit_table *table, uint32_t index, const char *kind,
		       uint32_t number, const char *field, uint32_t offset)
{
	if (!offset)
		return;
	buffer_format(table->out, ",\n\t  .%s = ", field);
	print_offsetof(table, index);
	buffer_format(table->out, "_%s_%" PRIu32 "_%s)", kind, number, field);
}

static void print_statements(const struct emit_table *table, uint32_t index, const char *kind,
			     const struct bobolink_section *section)
{
	const struct bobolink_statement *statement;

	for (uint32_t i = 0; i < section->count; i++) {
		statement = &chunk_of(table, index)->statements[section->first + i];
		buffer_add_text(table->out, "\t{ .text = ");
		print_offsetof(table, index);
		buffer_format(table->out,
			      "_%s_%" PRIu32 "), .length = %" PRIu32 ", .line = %" PRIu32
			      ", .column = %" PRIu32,
			      kind, i + 1, statement->length, statement->line, statement->column);
		emit_flags(table->out, ",\n\t  ", statement->flags, statement_flags, "");
		print_more(table, index, kind, i + 1, "probe", statement->probe);
		print_more(table, index, kind, i + 1, "locks", statement->locks);
		buffer_add_text(table->out, " },\n");
	}
}

static void print_statement_table(const struct emit_table *table, uint32_t chunk)
{
	if (!table->chunks[chunk].statements)
		return;
	buffer_format(table->out,
		      "static const struct bobolink_statement %sstatements_%" PRIu32 "[] = {\n",
		      table->prefix, chunk);
	for (uint32_t i = chunk * BOBOLINK_CHUNK_SIZE; i < chunk_end(table, chunk); i++) {
		const struct bobolink_migration *item = &table->items[i];

		if (item->up.count + item->down.count)
			print_files(table, i);
		print_statements(table, i, "up", &item->up);
		print_statements(table, i, "down", &item->down);
		if (table->settings)
			print_statements(table, i, "guard", &table->settings[i].guard);
	}
	buffer_add_text(table->out, "};\n\n");
}

/* --- items ----------------------------------------------------------------------------------- */

/* `.name = offsetof(struct text_0, v7_name),` or nothing for offset 0. */
static void print_offset(const struct emit_table *table, uint32_t index, const char *indent,
			 const char *field, const char *kind, uint32_t offset)
{
	if (!offset)
		return;
	buffer_format(table->out, "%s.%s = ", indent, field);
	print_offsetof(table, index);
	buffer_format(table->out, "_%s),\n", kind);
}

static void print_number(const struct emit_table *table, const char *indent, const char *field,
			 uint32_t value)
{
	if (value)
		buffer_format(table->out, "%s.%s = %" PRIu32 ",\n", indent, field, value);
}

static void print_section(const struct emit_table *table, uint32_t index, const char *kind,
			  const struct bobolink_section *section)
{
	static const char indent[] = "\t\t\t";
	bool same_file = section->file == table->items[index].up.file;
	char name[32];

	if (!section->flags)
		return;
	buffer_format(table->out, "\t\t.%s = {\n", kind);
	print_number(table, indent, "first", section->first);
	print_number(table, indent, "count", section->count);
	emit_flags(table->out, indent, section->flags, section_flags, ",\n");
	snprintf(name, sizeof(name), "%s_file", same_file ? "up" : kind);
	print_offset(table, index, indent, "file", name, section->file);
	print_number(table, indent, "lock_timeout_ms", section->lock_timeout_ms);
	print_number(table, indent, "statement_timeout_ms", section->statement_timeout_ms);
	snprintf(name, sizeof(name), "%s_losses", kind);
	print_offset(table, index, indent, "losses", name, section->losses);
	print_number(table, indent, "minimum_version", section->minimum_version);
	snprintf(name, sizeof(name), "%s_feature", kind);
	print_offset(table, index, indent, "feature", name, section->feature);
	print_number(table, indent, "call", section->call);
	buffer_add_text(table->out, "\t\t},\n");
}

static void print_version(const struct emit_table *table, uint32_t index)
{
	const struct bobolink_migration *item = &table->items[index];

	buffer_add_text(table->out, "\t{\n\t\t.version = ");
	if (table->settings)
		buffer_format(table->out, "INT64_C(%" PRId64 ")", item->version);
	else
		emit_version_macro(table->out, table->set, item->version,
				   text_at(table, index, item->name));
	buffer_add_text(table->out, ",\n");
}

static void print_item(const struct emit_table *table, uint32_t index)
{
	static const char indent[] = "\t\t";
	const struct bobolink_migration *item = &table->items[index];

	print_files(table, index);
	print_version(table, index);
	print_offset(table, index, indent, "name", "name", item->name);
	print_offset(table, index, indent, "checksum", "checksum", item->checksum);
	print_offset(table, index, indent, "sql_checksum", "sql_checksum", item->sql_checksum);
	print_offset(table, index, indent, "superseded", "superseded", item->superseded);
	print_offset(table, index, indent, "irreversible", "irreversible", item->irreversible);
	print_offset(table, index, indent, "delta", "delta", item->delta);
	print_offset(table, index, indent, "requirements", "requirements", item->requirements);
	print_offset(table, index, indent, "only", "only", item->only);
	print_offset(table, index, indent, "except", "except", item->except);
	print_section(table, index, "up", &item->up);
	print_section(table, index, "down", &item->down);
	buffer_add_text(table->out, "\t},\n");
}

static void print_time(const struct emit_table *table, const char *field, int64_t time)
{
	if (time)
		buffer_format(table->out, "\t\t.%s = INT64_C(%" PRId64 "),\n", field, time);
}

static void print_settings(const struct emit_table *table, uint32_t index)
{
	static const char indent[] = "\t\t";
	const struct bobolink_script *script = &table->settings[index];

	print_files(table, index);
	buffer_add_text(table->out, "\t{\n");
	emit_flags(table->out, indent, script->flags, script_flags, ",\n");
	print_offset(table, index, indent, "title", "title", script->title);
	print_offset(table, index, indent, "after", "after", script->after);
	print_section(table, index, "guard", &script->guard);
	buffer_format(table->out, "\t\t.required = %s%" PRId64 "%s,\n",
		      script->required < 0 ? "" : "INT64_C(", script->required,
		      script->required < 0 ? "" : ")");
	print_time(table, "not_before", script->not_before);
	print_time(table, "not_after", script->not_after);
	print_number(table, indent, "window_from", script->window_from);
	print_number(table, indent, "window_to", script->window_to);
	print_number(table, indent, "attempts", script->attempts);
	buffer_add_text(table->out, "\t},\n");
}

static void print_items(const struct emit_table *table)
{
	buffer_format(table->out, "static const struct bobolink_migration %s[] = {\n", table->name);
	for (uint32_t i = 0; i < table->count; i++)
		print_item(table, i);
	buffer_add_text(table->out, "};\n\n");
	if (!table->settings)
		return;
	buffer_format(table->out, "static const struct bobolink_script %ssettings[] = {\n",
		      table->prefix);
	for (uint32_t i = 0; i < table->count; i++)
		print_settings(table, i);
	buffer_add_text(table->out, "};\n\n");
}

static void print_chunks(const struct emit_table *table, uint32_t count)
{
	buffer_format(table->out, "static const struct bobolink_chunk %schunks[] = {\n",
		      table->prefix);
	for (uint32_t i = 0; i < count; i++) {
		buffer_format(table->out, "\t{ .text = (const char *)&%stext_%" PRIu32,
			      table->prefix, i);
		if (table->chunks[i].statements)
			buffer_format(table->out, ", .statements = %sstatements_%" PRIu32,
				      table->prefix, i);
		buffer_add_text(table->out, " },\n");
	}
	buffer_add_text(table->out, "};\n\n");
}

void emit_table(const struct emit_table *table)
{
	uint32_t chunks = (table->count + BOBOLINK_CHUNK_SIZE - 1) / BOBOLINK_CHUNK_SIZE;

	if (!table->count)
		return;
	for (uint32_t i = 0; i < chunks; i++) {
		print_texts(table, i);
		print_statement_table(table, i);
	}
	print_items(table);
	print_chunks(table, chunks);
}
