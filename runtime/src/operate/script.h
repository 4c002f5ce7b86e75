/* Script: what a fix or a repeatable is called. Which of the two it is shows in its place: fixes come first. */
#ifndef BL_OPERATE_SCRIPT_H
#define BL_OPERATE_SCRIPT_H

#include <stdbool.h>

#include <bobolink/migrations.h>

#define BL_SCRIPT_NAME_SIZE 300

static inline bool bl_script_is_fix(const struct bobolink_scripts *scripts, uint32_t index)
{
	return index < scripts->fix_count;
}

/* What bobolink_history and bobolink_log have as its kind and as its item: "fix" and "7", "repeatable" and "orders". */
const char *bl_script_kind(const struct bobolink_scripts *scripts, uint32_t index);
void bl_script_item(const struct bobolink_scripts *scripts, uint32_t index, char *text,
		    size_t size);
/* The name of its file without the folder, and with an F: "F0007_clean_orphans", "R__orders". */
void bl_script_name(const struct bobolink_scripts *scripts, uint32_t index, char *text,
		    size_t size);
/* What people call it: "F0007", "orders". */
void bl_script_label(const struct bobolink_scripts *scripts, uint32_t index, char *text,
		     size_t size);

#endif
