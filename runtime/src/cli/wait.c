/*
 * Wait: until another program has brought the database to what this one carries. Never writes.
 *
 * A database, or its server, that is not there yet is tried again: programs of one deployment start in
 * any order.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <bobolink/backend.h>

#include "command.h"
#include "ticker.h"

#define PAUSE_MS 200u

/* What is left of the time at `now`. */
static uint32_t left_of(const struct bl_cli *cli, uint64_t begun)
{
	uint64_t passed = bl_cli_clock_ms() - begun;

	return passed < cli->number ? cli->number - (uint32_t)passed : 0;
}

/* Whether there is a point in looking again: nothing that answers is there yet. */
static bool is_missing(int rc, const struct bobolink_error *error)
{
	/* Beside BOBOLINK_OK a message says that an empty database stands in for one that does not exist. */
	return rc == BOBOLINK_UNREACHABLE || (rc == BOBOLINK_OK && error->message[0]);
}

static void pause_for(uint32_t ms)
{
	struct timespec time = { 0, (long)ms * 1000000 };

	nanosleep(&time, NULL);
}

int bl_cli_wait_connect(struct bl_cli *cli, const char *url, void **handle,
			struct bobolink_error *error)
{
	const struct bobolink_backend *backend = cli->set->backend();
	uint64_t begun = bl_cli_clock_ms();
	uint32_t left;
	int rc;

	bl_cli_work_begin(cli, NULL);
	for (;;) {
		rc = backend->connect(url, false, handle, error);
		left = left_of(cli, begun);
		if (!is_missing(rc, error) || left == 0)
			break;
		if (*handle)
			backend->disconnect(*handle);
		*handle = NULL;
		bl_cli_ticker_show("waiting for the database", bl_cli_clock_ms() - begun);
		pause_for(left < PAUSE_MS ? left : PAUSE_MS);
	}
	bl_cli_work_end(cli, NULL);
	cli->number = left;
	return rc;
}

int bl_cli_wait(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error)
{
	int rc;

	bl_cli_work_begin(cli, session);
	rc = bobolink_wait(session, cli->number, error);
	bl_cli_work_end(cli, session);
	if (rc == BOBOLINK_OK && !cli->json_wanted)
		bl_cli_print(&cli->out, "the database has what this program has\n");
	return rc;
}
