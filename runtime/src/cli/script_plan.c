/*
 * Plan, of scripts: what stands between the migrations.
 */
#include <inttypes.h>
#include <string.h>

#include "scripts.h"

/* "after migration 5"; `when` has room for any. */
static const char *name_place(const struct bobolink_plan *plan, const struct bl_cli_place *place,
			      char *when, size_t size)
{
	if (plan->set->scripts->settings[place->script].flags & BOBOLINK_SCRIPT_AFTER)
		snprintf(when, size, "after the migrations");
	else if (place->steps == 0)
		snprintf(when, size, "before the migrations");
	else
		snprintf(when, size, "after migration %" PRId64,
			 plan->steps[place->steps - 1].version);
	return when;
}

static bool is_fix(const struct bobolink_plan *plan, const struct bl_cli_place *place)
{
	return place->script < plan->set->scripts->fix_count;
}

static void print_file(struct bl_cli_output *out, const struct bobolink_set *set, uint32_t index)
{
	bl_cli_print_text(out, bl_cli_script_name(set, index));
	bl_cli_print(out, " (");
	bl_cli_print_text(out, bl_cli_script_text(set, index, set->scripts->items[index].up.file));
	bl_cli_print(out, ")");
}

/* Comments all of it: what a script for the database's own client would run must not depend on what it finds. */
static void print_fix(struct bl_cli_output *out, const struct bobolink_plan *plan,
		      const struct bl_cli_place *place)
{
	const struct bobolink_set *set = plan->set;
	uint32_t index = place->script;
	char label[40];
	char when[64];

	bl_cli_print(out, "-- fix %s ", bl_cli_fix_label(set, index, label, sizeof(label)));
	print_file(out, set, index);
	bl_cli_print(out, ", %s: looks first\n", name_place(plan, place, when, sizeof(when)));
	bl_cli_print_section(out, set, index, &set->scripts->settings[index].guard, "--   ");
	bl_cli_print(out, "-- and where that is true\n");
	bl_cli_print_section(out, set, index, &set->scripts->items[index].up, "--   ");
	bl_cli_print(out, "\n");
}

static void print_repeatable(struct bl_cli_output *out, const struct bobolink_plan *plan,
			     const struct bl_cli_place *place)
{
	bl_cli_print(out, "-- repeatable ");
	print_file(out, plan->set, place->script);
	bl_cli_print(out, ": in one transaction\n");
	bl_cli_print_section(out, plan->set, place->script,
			     &plan->set->scripts->items[place->script].up, "");
	bl_cli_print(out, "\n");
}

uint32_t bl_cli_print_places(struct bl_cli_output *output, const struct bobolink_plan *plan,
			     const struct bl_cli_order *order, uint32_t at, uint32_t steps)
{
	for (; at < order->count && order->places[at].steps == steps; at++) {
		if (is_fix(plan, &order->places[at]))
			print_fix(output, plan, &order->places[at]);
		else
			print_repeatable(output, plan, &order->places[at]);
	}
	return at;
}

static bool is_placed(const struct bl_cli_order *order, uint32_t script)
{
	for (uint32_t i = 0; i < order->count; i++) {
		if (order->places[i].script == script)
			return true;
	}
	return false;
}

void bl_cli_print_left_out(struct bl_cli_output *output, const struct bobolink_script_list *list,
			   const struct bl_cli_order *order)
{
	for (uint32_t i = 0; i < list->count; i++) {
		const struct bobolink_script_item *item = &list->items[i];

		if (!bl_cli_is_fix(item) || !bl_cli_script_waits(item) || is_placed(order, i))
			continue;
		bl_cli_print(output, "-- not yet: fix %s ", item->label);
		bl_cli_print_text(output, item->name);
		if (*item->waits && strcmp(item->waits, item->next_at) != 0) {
			bl_cli_print(output, ", waits for ");
			bl_cli_print_text(output, item->waits);
		}
		if (*item->next_at)
			bl_cli_print(output, ", not before ");
		bl_cli_print_text(output, item->next_at);
		bl_cli_print(output, "\n");
	}
}

static void fix_as_json(struct bl_json *json, const struct bobolink_plan *plan,
			const struct bl_cli_place *place)
{
	const struct bobolink_set *set = plan->set;
	uint32_t index = place->script;
	const struct bobolink_script *settings = &set->scripts->settings[index];
	bool after = settings->flags & BOBOLINK_SCRIPT_AFTER;
	char label[40];

	bl_json_text(json, "label", bl_cli_fix_label(set, index, label, sizeof(label)));
	bl_json_version(json, "number", set->scripts->items[index].version);
	bl_json_text(json, "when", after ? "after" : "before");
	if (place->steps && !after)
		bl_json_version(json, "after_migration", plan->steps[place->steps - 1].version);
	else
		bl_json_null(json, "after_migration");
	bl_cli_section_as_json(json, "should_run", set, index, &settings->guard);
}

static void places_as_json(struct bl_json *json, const char *key, const struct bobolink_plan *plan,
			   const struct bl_cli_order *order, bool fixes)
{
	const struct bobolink_set *set = plan->set;

	bl_json_array(json, key);
	for (uint32_t i = 0; i < order->count; i++) {
		const struct bl_cli_place *place = &order->places[i];
		const struct bobolink_section *up = &set->scripts->items[place->script].up;

		if (is_fix(plan, place) != fixes)
			continue;
		bl_json_object(json, NULL);
		if (fixes)
			fix_as_json(json, plan, place);
		bl_json_text(json, "name", bl_cli_script_name(set, place->script));
		bl_json_optional(json, "file", bl_cli_script_text(set, place->script, up->file));
		bl_cli_section_as_json(json, "statements", set, place->script, up);
		bl_json_optional(json, "call", bl_cli_call_name(set, up));
		bl_json_object_end(json);
	}
	bl_json_array_end(json);
}

void bl_cli_order_as_json(struct bl_json *json, const struct bobolink_plan *plan,
			  const struct bl_cli_order *order)
{
	places_as_json(json, "fixes", plan, order, true);
	places_as_json(json, "repeatables", plan, order, false);
}
