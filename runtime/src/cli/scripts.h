/*
 * Scripts: how fixes and repeatables are shown.
 *
 *     script_text.c   what the program carries: names, labels, statements
 *     script_table.c  lines for people
 *     script_json.c   all that is known of each
 *     script_order.c  where they stand in the order of a run
 *     script_plan.c   what a run would do at these places
 *     script_told.c   what a run says of them
 */
#ifndef BL_CLI_SCRIPTS_H
#define BL_CLI_SCRIPTS_H

#include "command.h"

/* Texts of item `index` of a set's scripts; "" for offset 0. */
const char *bl_cli_script_text(const struct bobolink_set *set, uint32_t index, uint32_t offset);
const char *bl_cli_script_name(const struct bobolink_set *set, uint32_t index);
/* "F0007", with the digits of its file's name. */
const char *bl_cli_fix_label(const struct bobolink_set *set, uint32_t index, char *buffer,
			     size_t size);
/* The place of fix `number` among the set's scripts, or UINT32_MAX. */
uint32_t bl_cli_fix_index(const struct bobolink_set *set, int64_t number);
/* "backfill_names": the function that a section names, or "". */
const char *bl_cli_call_name(const struct bobolink_set *set,
			     const struct bobolink_section *section);
/* The statements of a section, or the function it calls; each line behind `before`. */
void bl_cli_print_section(struct bl_cli_output *output, const struct bobolink_set *set,
			  uint32_t index, const struct bobolink_section *section,
			  const char *before);
/* The same as an array of objects with line, column and sql. */
void bl_cli_section_as_json(struct bl_json *json, const char *key, const struct bobolink_set *set,
			    uint32_t index, const struct bobolink_section *section);

/* Which scripts of a list are meant. */
enum bl_cli_scripts {
	BL_CLI_ALL_FIXES,
	BL_CLI_ALL_REPEATABLES,
	BL_CLI_UNDONE_SCRIPTS /* of both kinds: what a run has not done, or not with success */
};

bool bl_cli_is_fix(const struct bobolink_script_item *item);
/* Whether nothing is to be done about it, as far as this program goes. */
bool bl_cli_script_rests(const struct bobolink_script_item *item);
/* Whether the next run looks at it, whatever the time: it is no longer archived, and may be tried. */
bool bl_cli_script_waits(const struct bobolink_script_item *item);

/*
 * Prints a heading and a line for each that is meant, those that need somebody first, and below it what its file says about itself.
 * Prints nothing where there is none.
 */
void bl_cli_script_table(struct bl_cli_output *output, const struct bobolink_script_list *list,
			 enum bl_cli_scripts which);
/* "3 fixes: 1 failed, 2 applied"; nothing where there is none. */
void bl_cli_script_counts(struct bl_cli_output *output, const struct bobolink_script_list *list,
			  enum bl_cli_scripts which);
/* What the last run left: "3 rows: orphans removed", "no such table: orders; waits for migration 5". */
void bl_cli_script_detail(const struct bobolink_script_item *item, char *text, size_t size);

/*
 * The order of a run: which scripts it looks at, as far as that is known before, each behind so many steps of a plan. Those that must wait for
 * their time, or for a fix that does, are not in it.
 */
struct bl_cli_place {
	uint32_t script; /* its place in the list, and among the set's scripts */
	uint32_t steps;	 /* of the plan that come before it */
};

struct bl_cli_order {
	struct bl_cli_place *places;
	uint32_t count;
	uint32_t fixes;
	uint32_t repeatables;
};

/*
 * fixes  BOBOLINK_FIXES_…, of the session
 * now    seconds since 1970
 * Returns BOBOLINK_NO_MEMORY, or BOBOLINK_OK; release in either case.
 */
int bl_cli_order_make(const struct bobolink_plan *plan, const struct bobolink_script_list *list,
		      uint32_t fixes, int64_t now, struct bl_cli_order *order);
void bl_cli_order_release(struct bl_cli_order *order);

/*
 * Prints those from number `at` on that stand behind `steps` steps, a fix as comments, because it looks before it acts, and a repeatable as the
 * SQL that it is. Returns the number of the next one.
 */
uint32_t bl_cli_print_places(struct bl_cli_output *output, const struct bobolink_plan *plan,
			     const struct bl_cli_order *order, uint32_t at, uint32_t steps);
/* Fixes that a run would pass by, because they wait for something else. */
void bl_cli_print_left_out(struct bl_cli_output *output, const struct bobolink_script_list *list,
			   const struct bl_cli_order *order);
/* The arrays "fixes" and "repeatables" of a plan. */
void bl_cli_order_as_json(struct bl_json *json, const struct bobolink_plan *plan,
			  const struct bl_cli_order *order);

/* The arrays "fixes" and "repeatables" of a status. */
void bl_cli_fixes_as_json(struct bl_json *json, const struct bobolink_script_list *list);
void bl_cli_repeatables_as_json(struct bl_json *json, const struct bobolink_script_list *list);

/* Whether an event is about a script. */
bool bl_cli_is_script_event(const struct bobolink_event *event);
bool bl_cli_is_fix_event(const struct bobolink_event *event);
/* Tells it, and keeps count. */
void bl_cli_on_script_event(struct bl_cli *cli, const struct bobolink_event *event);
/* The same for a data seed that is for other environments. */
void bl_cli_on_seed_skipped(struct bl_cli *cli, const struct bobolink_event *event);
/* The arrays "skipped", seeds for other environments, and "scripts", what became of those that a run looked at. */
void bl_cli_told_as_json(struct bl_cli *cli);

#endif
