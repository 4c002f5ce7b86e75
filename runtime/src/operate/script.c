/*
 * Script: the names of fixes and repeatables, as their files have them.
 */
#include "script.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *bl_script_kind(const struct bobolink_scripts *scripts, uint32_t index)
{
	return bl_script_is_fix(scripts, index) ? "fix" : "repeatable";
}

static const char *text_at(const struct bobolink_scripts *scripts, uint32_t index, uint32_t offset)
{
	return offset ? scripts->chunks[index / BOBOLINK_CHUNK_SIZE].text + offset : "";
}

void bl_script_item(const struct bobolink_scripts *scripts, uint32_t index, char *text, size_t size)
{
	if (bl_script_is_fix(scripts, index))
		snprintf(text, size, "%" PRId64, scripts->items[index].version);
	else
		snprintf(text, size, "%s", text_at(scripts, index, scripts->items[index].name));
}

/* The file's name without its folder. */
static const char *base_of(const struct bobolink_scripts *scripts, uint32_t index)
{
	const char *file = text_at(scripts, index, scripts->items[index].up.file);
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

void bl_script_name(const struct bobolink_scripts *scripts, uint32_t index, char *text, size_t size)
{
	const char *base = base_of(scripts, index);
	const char *dot = strrchr(base, '.');

	snprintf(text, size, "%s%.*s", bl_script_is_fix(scripts, index) ? "F" : "",
		 (int)(dot ? (size_t)(dot - base) : strlen(base)), base);
}

void bl_script_label(const struct bobolink_scripts *scripts, uint32_t index, char *text,
		     size_t size)
{
	const char *base = base_of(scripts, index);

	if (bl_script_is_fix(scripts, index))
		snprintf(text, size, "F%.*s", (int)strspn(base, "0123456789"), base);
	else
		bl_script_item(scripts, index, text, size);
}
