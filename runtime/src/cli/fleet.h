/*
 * Fleet: one action on many databases of one set (--migrate-fleet).
 *
 *     fleet.c         reads the flags, puts the parts below together
 *     fleet_list.c    the file with one database a line
 *     fleet_pool.c    so many processes at a time, one for each database
 *     fleet_worker.c  what such a process does
 *     fleet_report.c  what is told
 *
 * A process works on one database and ends, so that whatever happens to it happens to that database alone. What it
 * prints, and at the end its outcome, goes through a pipe to the parent, which is the only one that writes.
 */
#ifndef BL_CLI_FLEET_H
#define BL_CLI_FLEET_H

#include <stdint.h>
#include <sys/types.h>

#include "command.h"

/* What became of a database. */
enum bl_fleet_end {
	BL_FLEET_NOT_BEGUN, /* the run was stopped before */
	BL_FLEET_MIGRATED,
	BL_FLEET_CURRENT, /* nothing to do, or nothing found */
	BL_FLEET_FOUND,	  /* a look found something: `finding` says what */
	BL_FLEET_STOPPED, /* by the signal that stopped the run */
	BL_FLEET_FAILED,
	BL_FLEET_ENDS
};

struct bl_fleet_database {
	char *url;
	char *label; /* as it stands in the file, without a password */
	size_t line;
	dev_t device; /* of a file that exists: */
	ino_t inode;  /* 0 for none */
	enum bl_fleet_end end;
	int result; /* enum bobolink_result */
	int exit_code;
	bool transient; /* another try may be enough */
	char *why;	/* it failed; NULL: there was no memory for it */
};

/* What a process hands to its parent as the last bytes of all that it writes. */
struct bl_fleet_outcome {
	uint64_t mark; /* BL_FLEET_MARK */
	int32_t result;
	int32_t exit_code;
	int32_t finding; /* of a look: what it found, an enum bobolink_result */
	uint32_t applied;
	uint32_t pending;
	uint32_t transient;    /* 1: another try may be enough */
	uint32_t scripts;      /* fixes and repeatables that were applied */
	uint32_t fixes_failed; /* which is no failure of the database */
	struct bobolink_error error;
};

#define BL_FLEET_MARK UINT64_C(0xB0B0114BF1EE7E4D)

struct bl_fleet {
	struct bl_cli *cli;
	const char *source; /* the file, for messages */
	struct bl_fleet_database *databases;
	size_t count;
	size_t duplicates;
	size_t next; /* to begin with */
	uint32_t jobs;
	int signal; /* that stopped the run; 0: none */
	uint64_t begun_ms;
	size_t ends[BL_FLEET_ENDS];
	size_t findings[BOBOLINK_REQUIRED + 1];
	size_t fixes_failed;
	size_t with_failed_fixes; /* databases */
};

/* Reads the file. BOBOLINK_USAGE names the line that is wrong. Free with bl_fleet_forget(), whatever it returned. */
int bl_fleet_read(struct bl_fleet *fleet, struct bobolink_error *error);
void bl_fleet_forget(struct bl_fleet *fleet);

/*
 * Works on all databases. BOBOLINK_OK however that went; something else when no process could be made, and then the
 * rest was not begun.
 */
int bl_fleet_run(struct bl_fleet *fleet, struct bobolink_error *error);

/*
 * In a process of its own: works on one database, writes everything to `pipe`, and ends the process. `parent`: when
 * it is gone, what is in hand is undone.
 */
_Noreturn void bl_fleet_work(struct bl_cli *cli, const struct bl_fleet_database *database, int pipe,
			     pid_t parent);

/* A database is done: `messages` is what its process printed. */
void bl_fleet_tell(struct bl_fleet *fleet, struct bl_fleet_database *database,
		   const struct bl_fleet_outcome *outcome, const char *messages, size_t length,
		   uint64_t ms);
/* On a terminal: how far all of it is. */
void bl_fleet_show(const struct bl_fleet *fleet, size_t running);
/* All are done: counts them, and lists what failed. */
void bl_fleet_sum_up(struct bl_fleet *fleet);

#endif
