/*
 * What a program carries of its scripts, read where the generated tables lie.
 */
#include <stdio.h>
#include <string.h>

#include "scripts.h"

static const struct bobolink_chunk *chunk_of(const struct bobolink_set *set, uint32_t index)
{
	return &set->scripts->chunks[index / BOBOLINK_CHUNK_SIZE];
}

const char *bl_cli_script_text(const struct bobolink_set *set, uint32_t index, uint32_t offset)
{
	return offset ? chunk_of(set, index)->text + offset : "";
}

const char *bl_cli_script_name(const struct bobolink_set *set, uint32_t index)
{
	return bl_cli_script_text(set, index, set->scripts->items[index].name);
}

const char *bl_cli_fix_label(const struct bobolink_set *set, uint32_t index, char *buffer,
			     size_t size)
{
	const char *file = bl_cli_script_text(set, index, set->scripts->items[index].up.file);
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;

	snprintf(buffer, size, "F%.*s", (int)strspn(base, "0123456789"), base);
	return buffer;
}

uint32_t bl_cli_fix_index(const struct bobolink_set *set, int64_t number)
{
	uint32_t count = set->scripts ? set->scripts->fix_count : 0;

	for (uint32_t i = 0; i < count; i++) {
		if (set->scripts->items[i].version == number)
			return i;
	}
	return UINT32_MAX;
}

const char *bl_cli_call_name(const struct bobolink_set *set, const struct bobolink_section *section)
{
	return section->call ? set->calls[section->call - 1].name : "";
}

static const struct bobolink_statement *statement_of(const struct bobolink_set *set, uint32_t index,
						     const struct bobolink_section *section,
						     uint32_t number)
{
	return &chunk_of(set, index)->statements[section->first + number];
}

/* A statement of several lines has `before` in front of each. */
static void print_statement(struct bl_cli_output *out, const char *text, size_t left,
			    const char *before)
{
	while (left) {
		const char *end = memchr(text, '\n', left);
		size_t length = end ? (size_t)(end - text) + 1 : left;

		bl_cli_print(out, "%s", before);
		bl_cli_print_lines(out, text, length);
		text += length;
		left -= length;
	}
	bl_cli_print(out, ";\n");
}

void bl_cli_print_section(struct bl_cli_output *output, const struct bobolink_set *set,
			  uint32_t index, const struct bobolink_section *section,
			  const char *before)
{
	if (section->call)
		bl_cli_print(output, "%scalls %s\n", before, bl_cli_call_name(set, section));
	else if (!section->count)
		bl_cli_print(output, "%sno statements\n", before);
	for (uint32_t i = 0; i < section->count; i++) {
		const struct bobolink_statement *statement = statement_of(set, index, section, i);

		print_statement(output, bl_cli_script_text(set, index, statement->text),
				statement->length, before);
	}
}

void bl_cli_section_as_json(struct bl_json *json, const char *key, const struct bobolink_set *set,
			    uint32_t index, const struct bobolink_section *section)
{
	bl_json_array(json, key);
	for (uint32_t i = 0; i < section->count; i++) {
		const struct bobolink_statement *statement = statement_of(set, index, section, i);

		bl_json_object(json, NULL);
		bl_json_number(json, "line", statement->line);
		bl_json_number(json, "column", statement->column);
		bl_json_bytes(json, "sql", bl_cli_script_text(set, index, statement->text),
			      statement->length);
		bl_json_object_end(json);
	}
	bl_json_array_end(json);
}
