/* Two sets of one program, in one database or two. */
#ifndef PAIR_H
#define PAIR_H

#include "fixture.h"

/* The sets a and b. The fixture's database is the first one; both may be in it. */
struct pair {
	struct fixture *fixture;
	char directory[256];
	char url[ENGINE_URL_SIZE]; /* of the second database */
	void *db;		   /* the second set's connection */
	struct hand_set *a;
	struct hand_set *b;
	struct bobolink_options options;
	struct bobolink_error error;
	int statements; /* run so far */
	int fatal;	/* the statement before which the process is killed */
};

/* What a test begins and ends with; the fixture is its state. */
struct pair *pair_begin(void **state);
void pair_end(struct pair *pair);

/* Where the second set is. */
void pair_in_one_database(struct pair *pair);
void pair_in_two_databases(struct pair *pair);

/* Adds a migration that makes a table of its own, and its down. `requirements` may be NULL. */
void pair_add(struct hand_set *set, const char *name, int64_t version, const char *requirements);
/* a/3 waits for b/2, and that for a/1. */
void pair_add_turns(struct pair *pair);

/* bobolink_migrate_all for both. */
int pair_migrate(struct pair *pair);

/* The error has this code, and its message these words. */
void pair_told(const struct pair *pair, int code, const char *words);
/* The values that the query gives, joined by commas, are these. */
void pair_says(void *db, const char *sql, const char *expected);
/* Neither database has bobolink's tables. */
void pair_check_nothing_written(const struct pair *pair);

/* Queries: what is applied, in the order in which it was, "a/1,b/1"; the batch of each row. */
extern const char pair_in_order[];
extern const char pair_batches[];

struct open_pair {
	struct bobolink_session *sessions[2];
};

/* Opens a session on each database, and joins them. */
void pair_open(struct pair *pair, struct open_pair *open);
void pair_close(struct open_pair *open);

#endif
