/*
 * Fleet: the action on every database of a list; see fleet.h.
 */
#include <string.h>

#include "fleet.h"
#include "ticker.h"
#include "value.h"

/*
 * The exit code that everything that did not go well shares, else 1; `*result` becomes the result of the first of
 * them. What a signal left counts for all.
 */
static int fold(const struct bl_fleet *fleet, int *result)
{
	int code = 0;

	*result = BOBOLINK_OK;
	if (fleet->signal && fleet->ends[BL_FLEET_STOPPED] + fleet->ends[BL_FLEET_NOT_BEGUN]) {
		*result = BOBOLINK_INTERRUPTED;
		return 128 + fleet->signal;
	}
	for (size_t i = 0; i < fleet->count; i++) {
		const struct bl_fleet_database *database = &fleet->databases[i];

		if (!database->result)
			continue;
		if (!code)
			*result = database->result;
		code = !code || code == database->exit_code ? database->exit_code : 1;
	}
	return code;
}

static int run(struct bl_fleet *fleet, struct bobolink_error *error)
{
	struct bl_cli *cli = fleet->cli;
	int result;
	int rc;

	if (cli->json_wanted)
		bl_json_array(&cli->json, "databases");
	bl_cli_work_begin(cli, NULL);
	rc = bl_fleet_run(fleet, error);
	bl_cli_work_end(cli, NULL);
	bl_fleet_sum_up(fleet);
	cli->answer = fold(fleet, &result);
	/* Each database has an error of its own. */
	if (!rc)
		memset(error, 0, sizeof(*error));
	return rc ? rc : result;
}

int bl_cli_fleet(struct bl_cli *cli, struct bobolink_error *error)
{
	struct bl_fleet fleet = { .cli = cli, .begun_ms = bl_cli_clock_ms() };
	int rc = bl_cli_value_jobs(cli->flags.jobs, &fleet.jobs, error);

	if (rc == BOBOLINK_OK)
		rc = bl_fleet_read(&fleet, error);
	if (rc == BOBOLINK_OK)
		rc = run(&fleet, error);
	bl_fleet_forget(&fleet);
	return rc;
}
