/*
 * Migrate: runs what is pending, what was refused before, or all of it in rehearsal.
 */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "ticker.h"

void bl_cli_print_end(struct bl_cli *cli, int rc, const char *done, uint32_t count, uint64_t ms)
{
	char took[40];

	if (rc && count)
		bl_cli_say(cli, "%u migration%s %s before that stay%s%s", (unsigned)count,
			   count == 1 ? "" : "s", done, count == 1 ? "s" : "",
			   strcmp(done, "applied") == 0 ? "" : " so");
	if (rc || cli->json_wanted)
		return;
	if (count)
		bl_cli_print(&cli->out, "%u migration%s %s in %s\n", (unsigned)count,
			     count == 1 ? "" : "s", done,
			     bl_cli_duration((int64_t)ms, took, sizeof(took)));
	else
		bl_cli_print(&cli->out, "nothing to do\n");
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
	if (cli->json_wanted)
		bl_json_array_end(&cli->json);
	bl_cli_print_end(cli, rc, "applied", applied, bl_cli_clock_ms() - begun);
	return rc;
}

int bl_cli_migrate(struct bl_cli *cli, struct bobolink_session *session,
		   struct bobolink_error *error)
{
	return go_up(cli, session, bobolink_apply, cli->version, error);
}

int bl_cli_retry(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error)
{
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
