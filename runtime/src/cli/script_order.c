/*
 * Order: the points of a run, walked through on paper. A fix is taken to succeed, so that what comes after it stands behind it.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scripts.h"

/* The walk: what is known of each script of the set. */
struct walk {
	const struct bobolink_plan *plan;
	const struct bobolink_scripts *scripts;
	const struct bobolink_script_list *list;
	struct bl_cli_order *order;
	bool off;	/* no fix is looked at */
	bool *open;	/* would be looked at when its turn comes */
	bool *done;	/* what comes after it need not wait */
	uint32_t *need; /* steps of the plan that must come before it */
};

static uint32_t script_count(const struct bobolink_set *set)
{
	return set->scripts ? set->scripts->fix_count + set->scripts->repeatable_count : 0;
}

/* Whether the time has come, and has not gone. */
static bool is_due(const struct bobolink_script *settings, const struct bobolink_script_item *item,
		   int64_t now)
{
	char text[40] = "";
	time_t seconds = (time_t)now;
	struct tm parts;

	if (settings->not_after && now > settings->not_after)
		return false;
	if (gmtime_r(&seconds, &parts))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S.999Z", &parts);
	return strcmp(item->next_at, text) <= 0;
}

/* So many steps of a plan apply a migration; 0 when it is applied, or is none. */
static uint32_t steps_to(const struct bobolink_plan *plan, int64_t version)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		if (plan->steps[i].version == version)
			return i + 1;
	}
	return 0;
}

static void begin(struct walk *walk, int64_t now)
{
	uint32_t count = script_count(walk->plan->set);

	for (uint32_t i = 0; i < count && i < walk->list->count; i++) {
		const struct bobolink_script_item *item = &walk->list->items[i];
		const struct bobolink_script *settings = &walk->scripts->settings[i];

		walk->open[i] = bl_cli_script_waits(item) && is_due(settings, item, now) &&
				!(walk->off && bl_cli_is_fix(item));
		walk->done[i] = bl_cli_script_rests(item);
		walk->need[i] = steps_to(walk->plan, settings->required);
	}
}

/* Whether everything that comes before a fix, "0 3", is done. */
static bool follows(const struct walk *walk, uint32_t index)
{
	const char *after =
		bl_cli_script_text(walk->plan->set, index, walk->scripts->settings[index].after);

	while (*after) {
		char *end;
		unsigned long place = strtoul(after, &end, 10);

		if (end == after || place >= walk->scripts->fix_count || !walk->done[place])
			return false;
		after = end + strspn(end, " ");
	}
	return true;
}

static void place(struct walk *walk, uint32_t index, uint32_t steps)
{
	struct bl_cli_order *order = walk->order;

	order->places[order->count++] = (struct bl_cli_place){ index, steps };
	if (index < walk->scripts->fix_count)
		order->fixes++;
	else
		order->repeatables++;
	walk->open[index] = false;
	walk->done[index] = true;
}

/* The lowest number that is ready comes first, and may make a lower one ready. */
static void place_fixes(struct walk *walk, uint32_t steps, bool last)
{
	uint32_t i = 0;

	while (i < walk->scripts->fix_count) {
		const struct bobolink_script *settings = &walk->scripts->settings[i];

		if (walk->open[i] && (last || !(settings->flags & BOBOLINK_SCRIPT_AFTER)) &&
		    walk->need[i] <= steps && follows(walk, i)) {
			place(walk, i, steps);
			i = 0;
		} else {
			i++;
		}
	}
}

/* They stand in the order in which they run. */
static void place_repeatables(struct walk *walk)
{
	uint32_t first = walk->scripts->fix_count;

	for (uint32_t i = first; i < first + walk->scripts->repeatable_count; i++) {
		if (walk->open[i])
			place(walk, i, walk->plan->count);
	}
}

int bl_cli_order_make(const struct bobolink_plan *plan, const struct bobolink_script_list *list,
		      uint32_t fixes, int64_t now, struct bl_cli_order *order)
{
	uint32_t count = script_count(plan->set);
	struct walk walk = { .plan = plan,
			     .scripts = plan->set->scripts,
			     .list = list,
			     .order = order,
			     .off = fixes == BOBOLINK_FIXES_OFF };
	int rc = BOBOLINK_OK;

	memset(order, 0, sizeof(*order));
	if (!count || plan->down)
		return BOBOLINK_OK;
	order->places = calloc(count, sizeof(*order->places));
	walk.open = calloc(count, sizeof(*walk.open));
	walk.done = calloc(count, sizeof(*walk.done));
	walk.need = calloc(count, sizeof(*walk.need));
	if (order->places && walk.open && walk.done && walk.need) {
		begin(&walk, now);
		for (uint32_t steps = 0; steps <= plan->count; steps++)
			place_fixes(&walk, steps, false);
		place_repeatables(&walk);
		place_fixes(&walk, plan->count, true);
	} else {
		rc = BOBOLINK_NO_MEMORY;
	}
	free(walk.open);
	free(walk.done);
	free(walk.need);
	return rc;
}

void bl_cli_order_release(struct bl_cli_order *order)
{
	free(order->places);
	memset(order, 0, sizeof(*order));
}
