/*
 * Scripts as JSON: every member of an item, under the words that its file uses.
 */
#include "scripts.h"

static void number_or_null(struct bl_json *json, const char *key, int64_t number)
{
	if (number >= 0)
		bl_json_number(json, key, number);
	else
		bl_json_null(json, key);
}

static void settings_as_json(struct bl_json *json, const struct bobolink_script_item *item)
{
	if (item->attempts_allowed)
		bl_json_number(json, "attempts_allowed", item->attempts_allowed);
	else
		bl_json_null(json, "attempts_allowed");
	bl_json_optional(json, "next_at", item->next_at);
	bl_json_optional(json, "waits_for", item->waits);
	if (item->required >= 0)
		bl_json_version(json, "requires", item->required);
	else
		bl_json_null(json, "requires");
	bl_json_text(json, "when", item->flags & BOBOLINK_SCRIPT_AFTER ? "after" : "before");
	bl_json_bool(json, "repeat_always", item->flags & BOBOLINK_SCRIPT_ALWAYS);
	bl_json_bool(json, "unproven", item->flags & BOBOLINK_SCRIPT_UNPROVEN);
}

static void item_as_json(struct bl_json *json, const struct bobolink_script_item *item)
{
	bl_json_object(json, NULL);
	if (bl_cli_is_fix(item)) {
		bl_json_text(json, "label", item->label);
		bl_json_version(json, "number", item->number);
	}
	bl_json_text(json, "name", item->name);
	bl_json_text(json, "state", bobolink_state_name(item->state));
	bl_json_optional(json, "file", item->file);
	bl_json_optional(json, "title", item->title);
	bl_json_optional(json, "message", item->message);
	bl_json_optional(json, "error", item->error);
	number_or_null(json, "rows_changed", item->rows_changed);
	bl_json_optional(json, "executed_at", item->executed_at);
	number_or_null(json, "duration_ms", item->duration_ms);
	bl_json_optional(json, "applied_by", item->applied_by);
	bl_json_number(json, "attempts", item->attempts);
	if (bl_cli_is_fix(item))
		settings_as_json(json, item);
	bl_json_object_end(json);
}

static void items_as_json(struct bl_json *json, const char *key,
			  const struct bobolink_script_list *list, bool fixes)
{
	bl_json_array(json, key);
	for (uint32_t i = 0; i < list->count; i++) {
		if (bl_cli_is_fix(&list->items[i]) == fixes)
			item_as_json(json, &list->items[i]);
	}
	bl_json_array_end(json);
}

void bl_cli_fixes_as_json(struct bl_json *json, const struct bobolink_script_list *list)
{
	items_as_json(json, "fixes", list, true);
}

void bl_cli_repeatables_as_json(struct bl_json *json, const struct bobolink_script_list *list)
{
	items_as_json(json, "repeatables", list, false);
}
