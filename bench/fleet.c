/*
 * A program that does nothing but obey the --migrate-… flags, for bench/run.
 */
#include <bobolink/cli.h>

#include "bench_migrations.h"

int main(int argc, char **argv)
{
	int code = bobolink_cli(&argc, argv, &bench_migrations, NULL);

	return code < 0 ? 2 : code;
}
