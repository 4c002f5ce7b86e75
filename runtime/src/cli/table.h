/* The table of --migrate-status. */
#ifndef BL_CLI_TABLE_H
#define BL_CLI_TABLE_H

#include <bobolink/bobolink.h>

#include "command.h"

/*
 * Prints a heading, a line for each migration, and an empty line. Where output->width is too narrow,
 * names and times are cut first, then columns are left out.
 */
void bl_cli_table(struct bl_cli_output *output, const struct bobolink_set *set,
		  const struct bobolink_status *status);

#endif
