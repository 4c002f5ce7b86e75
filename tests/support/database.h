/* Small helpers around a scratch SQLite database; every failure ends the test program. */
#ifndef DATABASE_H
#define DATABASE_H

#include <stdint.h>

#include <bobolink/sqlite3.h>

/* A new empty directory below TMPDIR, and its removal with all its files. */
void scratch_make(char path[256]);
void scratch_remove(const char *path);

sqlite3 *database_open(const char *path);
void database_run(sqlite3 *db, const char *sql);
/* The first value of the first row; -1 when there is none or it is NULL. */
int64_t database_number(sqlite3 *db, const char *sql);
/* The same as text, in a buffer that the next call reuses; "" for none. */
const char *database_text(sqlite3 *db, const char *sql);

/* Opens, boots, closes; returns the result and leaves its message in `error`. */
int database_boot(const char *path, const struct bobolink_set *set, struct bobolink_error *error);

/* True when migrations 1 … count of hand_set_counting ran exactly once and the file is sound. */
int database_is_whole(const char *path, uint32_t count);

/* BOBOLINK_TEST_ALL=1: sweeps run in full. */
int test_all(void);

#endif
