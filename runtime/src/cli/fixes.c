/*
 * Fixes: all of them by state. The exit code says whether one has failed, for whoever watches over many programs.
 */
#include "command.h"
#include "scripts.h"

static void print_fixes(struct bl_cli *cli, const struct bobolink_script_list *list)
{
	bl_cli_script_table(&cli->out, list, BL_CLI_ALL_FIXES);
	bl_cli_script_counts(&cli->out, list, BL_CLI_ALL_FIXES);
	for (uint32_t i = 0; i < list->count; i++) {
		if (bl_cli_is_fix(&list->items[i]))
			return;
	}
	bl_cli_print(&cli->out, "no fixes\n");
}

int bl_cli_fixes(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error)
{
	struct bobolink_script_list *list = NULL;
	int rc = bobolink_script_list(session, &list, error);

	if (rc)
		return rc;
	if (cli->json_wanted)
		bl_cli_fixes_as_json(&cli->json, list);
	else
		print_fixes(cli, list);
	for (uint32_t i = 0; i < list->count; i++) {
		if (bl_cli_is_fix(&list->items[i]) && list->items[i].state == BOBOLINK_STATE_FAILED)
			cli->answer = 1;
	}
	bobolink_script_list_free(list);
	return BOBOLINK_OK;
}
