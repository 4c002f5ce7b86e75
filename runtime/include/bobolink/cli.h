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
	uint32_t lock_timeout_ms; /* how long to wait for other programs; 0: 60 seconds */
	/* What BOBOLINK_BACKUP, BOBOLINK_BACKUP_DIR and BOBOLINK_BACKUP_KEEP do not say. */
	uint32_t backup;	      /* BOBOLINK_BACKUP_…: before a run's first step */
	const char *backup_directory; /* NULL: "backups" */
	uint32_t backup_keep;	      /* so many are kept; 0: all */
	/* What BOBOLINK_VALIDATE, BOBOLINK_PROTECT, BOBOLINK_AUTO_REPAIR and BOBOLINK_IGNORE do not say. */
	uint32_t validate; /* BOBOLINK_VALIDATE_… */
	uint32_t
		protect; /* BOBOLINK_PROTECT_…; --migrate-force beside what goes up is the last of them */
	uint32_t auto_repair; /* 1: a start makes missing tables, columns and indexes again */
	const char *ignore;   /* patterns of objects that are left out; NULL: none */
	/* What BOBOLINK_ENV and BOBOLINK_FIXES do not say. */
	const char *environment; /* "production": which data seeds are for it; NULL: none */
	uint32_t fixes;		 /* BOBOLINK_FIXES_…: what a fix that fails does to a run */
};

/*
 * Looks for --migrate-… flags in argv, up to the argument "--". Without one it returns -1 and has
 * done nothing. With one it opens the database (--migrate-database=URL, else <SET>_DATABASE_URL,
 * else DATABASE_URL, else default_url), does what the flag says, prints results to stdout and
 * messages to stderr, and returns the exit code. Exit code 2 is a flag that does not exist, two
 * actions at once, or a flag such as --migrate-database without an action beside it: it says where,
 * and ignoring it would let the program start on another database than the user named.
 *
 * A value that is needed stands behind "=" or is the next argument, one that may be left out stands behind
 * "=". What only looks (--migrate-status, -plan, -fixes, -check, -verify, -log, -wait, -rehearse) leaves nothing written
 * and does not make a database that is not there yet.
 *
 * What goes down, one fix (--migrate-retry=F0007, -undo=F0007), a decision by hand and a restore print what they
 * will do. Where standard input and standard error are a terminal they ask and do nothing without a yes (exit
 * code 1); elsewhere they need --migrate-yes (exit code 2). When rows would be lost they need --migrate-force as well (exit code 8).
 *
 * argv is left as it is, but for a password in the URL of --migrate-database: everybody can read the
 * arguments of a process, so it is overwritten in place, before anything else is done.
 *
 * While a session works for long (up, down, rehearsal, backup, wait), SIGINT, SIGTERM and SIGHUP, unless they are
 * ignored, stop it as bobolink_interrupt() does, and the exit code is 128 and the signal's number. After the
 * first one, and before the function returns, they do what they did before. On a terminal SIGALRM and
 * setitimer(ITIMER_REAL) meanwhile drive a line that shows how far it is, unless the application's own timer runs.
 *
 * With --migrate-fleet each database gets a process of its own, made by fork() and ended by _exit(): call this function before
 * databases are opened and threads started. on_open is called there. SIGCHLD has its default action meanwhile, and only
 * these processes are waited for.
 */
int bobolink_cli(int *argc, char **argv, const struct bobolink_set *set,
		 const struct bobolink_cli_options *options);

/* One set of a program that has several. */
struct bobolink_cli_set {
	const struct bobolink_set *set;
	const struct bobolink_cli_options *options; /* of its database; NULL: all at zero */
};

/*
 * The same for a program with `count` sets, one or more. Each has its own URL: <SET>_DATABASE_URL, else DATABASE_URL, else its
 * default_url; several may be in one database. --migrate-set=NAME picks one of them, and only with it may
 * --migrate-database be given. Without it
 *
 *   --migrate opens and asks all databases before it writes the first, and applies in an order that the requirements
 *   allow, as bobolink_apply_all() does;
 *   what only looks answers for each set in turn, under its name, whatever becomes of the others;
 *   everything else, which undoes, decides or names a version, is exit code 2.
 *
 * The exit code is the worst of those of the sets, in this order: 128 and the signal's number, 10, 9, 1, 8, 5, 7, 6, 3, 2, 4.
 */
int bobolink_cli_all(int *argc, char **argv, const struct bobolink_cli_set *sets, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif
