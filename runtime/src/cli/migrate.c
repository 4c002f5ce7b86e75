/*
 * Migrate: runs what is pending, what was refused before, or all of it in rehearsal.
 */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "scripts.h"
#include "ticker.h"

static void say_what_stays(struct bl_cli *cli, uint32_t count, const char *done, const char *so)
{
	if (count)
		bl_cli_say(cli, "%u migration%s %s before that stay%s%s", (unsigned)count,
			   count == 1 ? "" : "s", done, count == 1 ? "s" : "", so);
}

void bl_cli_print_rolled_back(struct bl_cli *cli, int rc, uint32_t count, uint64_t ms)
{
	char took[40];

	if (rc)
		say_what_stays(cli, count, "rolled back", " so");
	else if (!cli->json_wanted && count)
		bl_cli_print(&cli->out, "%u migration%s rolled back in %s\n", (unsigned)count,
			     count == 1 ? "" : "s",
			     bl_cli_duration((int64_t)ms, took, sizeof(took)));
	else if (!cli->json_wanted)
		bl_cli_print(&cli->out, "nothing to do\n");
}

/* A failed fix stops nothing, but somebody has to know. */
static void warn_of_fixes(struct bl_cli *cli)
{
	uint32_t failed = cli->told.failed;

	if (failed)
		bl_cli_say(
			cli,
			"warning: %u fix%s failed, which stopped nothing: %s tells why, and when "
			"%s tried again",
			(unsigned)failed, failed == 1 ? "" : "es", bl_cli_flag_name(BL_CLI_FIXES),
			failed == 1 ? "it is" : "they are");
}

/* "2 migrations, 1 fix and 1 repeatable applied in 5 ms" */
static void print_what_was_done(struct bl_cli *cli, uint32_t migrations, uint64_t ms)
{
	const struct {
		uint32_t count;
		const char *one;
		const char *many;
	} kinds[] = {
		{ migrations, "migration", "migrations" },
		{ cli->told.fixes, "fix", "fixes" },
		{ cli->told.repeatables, "repeatable", "repeatables" },
	};
	unsigned left = 0;
	unsigned printed = 0;
	char took[40];

	for (size_t i = 0; i < 3; i++)
		left += kinds[i].count > 0;
	if (!left) {
		bl_cli_print(&cli->out,
			     cli->told.failed ? "nothing was applied\n" : "nothing to do\n");
		return;
	}
	for (size_t i = 0; i < 3; i++) {
		if (!kinds[i].count)
			continue;
		left--;
		bl_cli_print(&cli->out, "%s%u %s",
			     !printed ? ""
			     : left   ? ", "
				      : " and ",
			     (unsigned)kinds[i].count,
			     kinds[i].count == 1 ? kinds[i].one : kinds[i].many);
		printed++;
	}
	bl_cli_print(&cli->out, " applied in %s\n",
		     bl_cli_duration((int64_t)ms, took, sizeof(took)));
}

void bl_cli_print_applied(struct bl_cli *cli, int rc, uint32_t count, uint64_t ms)
{
	if (rc)
		say_what_stays(cli, count, "applied", "");
	else if (!cli->json_wanted)
		print_what_was_done(cli, count, ms);
	/* After the result, where both go to one terminal. */
	bl_cli_output_flush(&cli->out);
	warn_of_fixes(cli);
}

typedef int run_fn(struct bobolink_session *session, int64_t version, uint32_t *applied,
		   struct bobolink_error *error);

static int go_up(struct bl_cli *cli, struct bobolink_session *session, run_fn *run, int64_t version,
		 struct bobolink_error *error)
{
	uint64_t begun = bl_cli_clock_ms();
	uint32_t applied = 0;
	int rc;

	if (cli->json_wanted)
		bl_json_array(&cli->json, "applied");
	bl_cli_work_begin(cli, session);
	rc = run(session, version, &applied, error);
	bl_cli_work_end(cli, session);
	if (cli->json_wanted) {
		bl_json_array_end(&cli->json);
		bl_cli_told_as_json(cli);
	}
	bl_cli_print_applied(cli, rc, applied, bl_cli_clock_ms() - begun);
	return rc;
}

int bl_cli_migrate(struct bl_cli *cli, struct bobolink_session *session,
		   struct bobolink_error *error)
{
	return go_up(cli, session, bobolink_apply, cli->version, error);
}

int bl_cli_retry(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error)
{
	if (cli->fix >= 0)
		return bl_cli_retry_fix(cli, session, error);
	return go_up(cli, session, bobolink_retry, cli->version, error);
}

static void print_rehearsed(struct bl_cli *cli, uint32_t rehearsed, uint32_t left, uint64_t ms)
{
	char took[40];

	if (rehearsed)
		bl_cli_print(&cli->out,
			     "%u migration%s ran in %s and w%s undone; nothing is kept\n",
			     (unsigned)rehearsed, rehearsed == 1 ? "" : "s",
			     bl_cli_duration((int64_t)ms, took, sizeof(took)),
			     rehearsed == 1 ? "as" : "ere");
	else if (!left)
		bl_cli_print(&cli->out, "nothing to do\n");
	if (left)
		bl_cli_print(&cli->out,
			     "%u migration%s not rehearsed: the next one cannot run in a "
			     "transaction\n",
			     (unsigned)left, left == 1 ? " was" : "s were");
}

int bl_cli_rehearse(struct bl_cli *cli, struct bobolink_session *session,
		    struct bobolink_error *error)
{
	uint64_t begun = bl_cli_clock_ms();
	uint32_t rehearsed = 0;
	uint32_t left = 0;
	int rc;

	bl_cli_work_begin(cli, session);
	rc = bobolink_rehearse(session, BOBOLINK_HEAD, &rehearsed, &left, error);
	bl_cli_work_end(cli, session);
	if (cli->json_wanted) {
		bl_json_number(&cli->json, "rehearsed", rehearsed);
		bl_json_number(&cli->json, "left", left);
	} else if (rc == BOBOLINK_OK) {
		print_rehearsed(cli, rehearsed, left, bl_cli_clock_ms() - begun);
	}
	return rc;
}
