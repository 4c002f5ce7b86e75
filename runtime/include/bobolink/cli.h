/*
 * The --migrate-… flags that a program gets for free.
 */
#ifndef BOBOLINK_CLI_H
#define BOBOLINK_CLI_H

#include <bobolink/bobolink.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zero-initialise; every member may be left at zero. */
struct bobolink_cli_options {
	const char *
		default_url; /* "sqlite:shop.db": used when neither flag nor environment names one */
	const char *program; /* "shop 2.3.0", recorded as applied_by */
	/*
	 * Called with the handle (sqlite3 * or PGconn *) right after the flags opened it: register
	 * functions, give keys, set pragmas. Returns 0, or another value to stop with exit code 3.
	 */
	int (*on_open)(void *connection, void *context);
	void *context;
};

/*
 * Looks for --migrate-… flags in argv. Without one it leaves argv alone and returns -1. With one it
 * opens the database (--migrate-database=URL, else <SET>_DATABASE_URL, else DATABASE_URL, else
 * default_url), does what the flag says, prints results to stdout and messages to stderr, and
 * returns the exit code; a misspelt --migrate-… flag is exit code 2. Modifier flags alone
 * (--migrate-database=URL) are removed from argv and the call returns -1.
 */
int bobolink_cli(int *argc, char **argv, const struct bobolink_set *set,
		 const struct bobolink_cli_options *options);

#ifdef __cplusplus
}
#endif

#endif
