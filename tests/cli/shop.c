/*
 * A program with migrations, for tests of the --migrate flags. Without such a flag it prints its
 * arguments, or helps a test:
 *
 *     shop sql DATABASE SQL      runs statements, prints rows with | between the values
 *     shop hold DATABASE         takes a lock that migrations need, makes a file "held", waits
 *
 * SHOP_DEFAULT=none takes its default database away, SHOP_REFUSE makes on_open refuse, SHOP_PATIENCE is the
 * lock timeout in milliseconds, SHOP_HANDLER a handler of its own for SIGHUP, SHOP_ALARM an alarm of its own in an
 * hour, SHOP_ENVIRONMENT its environment, SHOP_STRICT makes a fix that fails stop it. It says so when a flag leaves the actions of signals, or the alarm, in another state than it found them.
 */
#include "shop.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bobolink/cli.h>

#include "shop_migrations.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGALRM };

#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static int refuse(void *connection, void *context)
{
	(void)connection;
	(void)context;
	return getenv("SHOP_REFUSE") ? 1 : 0;
}

static void own_handler(int number)
{
	(void)number;
}

static int run_flags(int *argc, char **argv)
{
	const char *wanted = getenv("SHOP_DEFAULT");
	const char *patience = getenv("SHOP_PATIENCE");
	struct bobolink_cli_options options = {
		.default_url = wanted ? NULL : shop_default_url,
		.program = "shop 1.0",
		.on_open = refuse,
		.lock_timeout_ms = patience ? (uint32_t)strtoul(patience, NULL, 10) : 200,
		.environment = getenv("SHOP_ENVIRONMENT"),
		.fixes = getenv("SHOP_STRICT") ? BOBOLINK_FIXES_STOP : BOBOLINK_FIXES_GO_ON,
	};

	return bobolink_cli(argc, argv, &shop_migrations, &options);
}

int main(int argc, char **argv)
{
	struct sigaction before[SIGNALS];
	struct sigaction after;
	int code;

	if (getenv("SHOP_HANDLER"))
		signal(SIGHUP, own_handler);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], NULL, &before[i]);
	if (getenv("SHOP_ALARM"))
		alarm(3600);
	code = run_flags(&argc, argv);
	if ((alarm(0) > 0) != (getenv("SHOP_ALARM") != NULL))
		fputs("the alarm is not as it was set\n", stderr);
	for (size_t i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], NULL, &after);
		if (after.sa_handler != before[i].sa_handler)
			fprintf(stderr, "signal %d is handled in another way\n", signals[i]);
	}
	if (code >= 0)
		return code;
	if (argc == 4 && strcmp(argv[1], "sql") == 0)
		return shop_sql(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "hold") == 0)
		return shop_hold(argv[2]);
	for (int i = 1; i < argc; i++)
		puts(argv[i]);
	return 0;
}
