/*
 * Fix: one of them is run now, or undone, after showing what that is and asking.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "confirm.h"
#include "scripts.h"

#define DETAIL_SIZE (2 * BOBOLINK_MESSAGE_SIZE)

/* The fix in hand: in the program, and as it is in the database. */
struct subject {
	uint32_t index;
	char label[40];
	const char *name;
	int state; /* enum bobolink_state */
	char detail[DETAIL_SIZE];
	char message[BOBOLINK_MESSAGE_SIZE];
	int64_t rows_changed;
};

/* Reads what became of it. */
static int look(struct bl_cli *cli, struct bobolink_session *session, struct subject *subject,
		struct bobolink_error *error)
{
	struct bobolink_script_list *list = NULL;
	int rc = bobolink_script_list(session, &list, error);

	memset(subject, 0, sizeof(*subject));
	if (rc)
		return rc;
	subject->index = bl_cli_fix_index(cli->set, cli->fix);
	subject->name = bl_cli_script_name(cli->set, subject->index);
	bl_cli_fix_label(cli->set, subject->index, subject->label, sizeof(subject->label));
	for (uint32_t i = 0; i < list->count; i++) {
		const struct bobolink_script_item *item = &list->items[i];

		if (item->number != cli->fix)
			continue;
		subject->state = item->state;
		subject->rows_changed = item->rows_changed;
		bl_cli_script_detail(item, subject->detail, sizeof(subject->detail));
		snprintf(subject->message, sizeof(subject->message), "%s", item->message);
	}
	bobolink_script_list_free(list);
	return BOBOLINK_OK;
}

/* "fix F0007 (clean_orphans): applied, 3 rows: orphans removed" */
static void print_state(struct bl_cli *cli, const struct subject *subject)
{
	bl_cli_print(&cli->out, "fix %s (", subject->label);
	bl_cli_print_text(&cli->out, subject->name);
	bl_cli_print(&cli->out, "): %s", bobolink_state_name(subject->state));
	/* How it came to be undone is no news. */
	if (*subject->detail && subject->state != BOBOLINK_STATE_UNDONE) {
		bl_cli_print(&cli->out, ", ");
		bl_cli_print_text(&cli->out, subject->detail);
	}
	bl_cli_print(&cli->out, "\n");
}

static void show(struct bl_cli *cli, const struct subject *subject, bool undo)
{
	const struct bobolink_set *set = cli->set;
	const struct bobolink_migration *fix = &set->scripts->items[subject->index];
	const struct bobolink_section *guard = &set->scripts->settings[subject->index].guard;

	print_state(cli, subject);
	if (!undo) {
		bl_cli_print(&cli->out, "it looks first:\n");
		bl_cli_print_section(&cli->out, set, subject->index, guard, "  ");
	}
	bl_cli_print(&cli->out, undo ? "to undo it, in one transaction:\n"
				     : "and where that is true runs, in one transaction:\n");
	bl_cli_print_section(&cli->out, set, subject->index, undo ? &fix->down : &fix->up, "  ");
}

static void show_as_json(struct bl_cli *cli, const struct subject *subject, bool undo)
{
	const struct bobolink_set *set = cli->set;
	const struct bobolink_migration *fix = &set->scripts->items[subject->index];
	const struct bobolink_section *section = undo ? &fix->down : &fix->up;

	bl_json_text(&cli->json, "fix", subject->label);
	bl_json_version(&cli->json, "number", cli->fix);
	bl_json_text(&cli->json, "name", subject->name);
	bl_json_text(&cli->json, "state", bobolink_state_name(subject->state));
	if (!undo)
		bl_cli_section_as_json(&cli->json, "should_run", set, subject->index,
				       &set->scripts->settings[subject->index].guard);
	bl_cli_section_as_json(&cli->json, "statements", set, subject->index, section);
	bl_json_optional(&cli->json, "call", bl_cli_call_name(set, section));
}

static void tell_as_json(struct bl_cli *cli, const struct subject *subject)
{
	bl_json_bool(&cli->json, "ran", cli->told.skipped == 0);
	bl_json_text(&cli->json, "became", bobolink_state_name(subject->state));
	bl_json_optional(&cli->json, "message", subject->message);
	if (subject->rows_changed >= 0)
		bl_json_number(&cli->json, "rows_changed", subject->rows_changed);
	else
		bl_json_null(&cli->json, "rows_changed");
}

typedef int act_fn(struct bobolink_session *session, int64_t number, struct bobolink_error *error);

/* Does it, and tells what became of it. */
static int run(struct bl_cli *cli, struct bobolink_session *session, act_fn *act,
	       struct bobolink_error *error)
{
	struct subject subject;
	int rc;

	bl_cli_work_begin(cli, session);
	rc = act(session, cli->fix, error);
	bl_cli_work_end(cli, session);
	if (rc == BOBOLINK_OK)
		rc = look(cli, session, &subject, error);
	if (rc)
		return rc;
	if (cli->json_wanted)
		tell_as_json(cli, &subject);
	else if (cli->told.skipped)
		bl_cli_print(&cli->out, "it looked, and there is nothing to do\n");
	else
		print_state(cli, &subject);
	return BOBOLINK_OK;
}

int bl_cli_retry_fix(struct bl_cli *cli, struct bobolink_session *session,
		     struct bobolink_error *error)
{
	struct subject subject;
	int rc = look(cli, session, &subject, error);

	if (rc)
		return rc;
	if (cli->json_wanted)
		show_as_json(cli, &subject, false);
	else
		show(cli, &subject, false);
	rc = bl_cli_confirm(cli, error, "run fix %s (%s)", subject.label, subject.name);
	return rc ? rc : run(cli, session, bobolink_retry_fix, error);
}

int bl_cli_undo_fix(struct bl_cli *cli, struct bobolink_session *session,
		    struct bobolink_error *error)
{
	struct subject subject;
	int rc = look(cli, session, &subject, error);
	bool possible;

	if (rc)
		return rc;
	/* Anything else is refused by the session, which says why: nobody is asked for that. */
	possible = subject.state == BOBOLINK_STATE_APPLIED &&
		   cli->set->scripts->items[subject.index].down.flags & BOBOLINK_SECTION_PRESENT;
	if (cli->json_wanted)
		show_as_json(cli, &subject, true);
	else if (possible)
		show(cli, &subject, true);
	if (possible)
		rc = bl_cli_confirm(cli, error, "undo fix %s (%s)", subject.label, subject.name);
	return rc ? rc : run(cli, session, bobolink_undo_fix, error);
}
