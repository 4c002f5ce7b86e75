/*
 * The --migrate-… flags.
 */
#include <bobolink/cli.h>

int bobolink_cli(int *argc, char **argv, const struct bobolink_set *set,
		 const struct bobolink_cli_options *options)
{
	(void)argc;
	(void)argv;
	(void)set;
	(void)options;
	return -1;
}
