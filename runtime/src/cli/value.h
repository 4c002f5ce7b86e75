/*
 * Value: what stands behind "=", as a number.
 *
 * Each returns BOBOLINK_OK, or BOBOLINK_USAGE with words that show how to write it. A value that was not
 * given is NULL and has the default of its flag.
 */
#ifndef BL_CLI_VALUE_H
#define BL_CLI_VALUE_H

#include <stdint.h>

#include <bobolink/bobolink.h>

/* --migrate-rollback: a number of batches from 1, or all; 1 by default. */
int bl_cli_value_batches(const char *word, uint32_t *batches, struct bobolink_error *error);
/* --migrate-log: a number of days from 1; 7 by default. */
int bl_cli_value_days(const char *word, uint32_t *days, struct bobolink_error *error);
/* --migrate-drift: sql, or nothing. */
int bl_cli_value_form(const char *word, struct bobolink_error *error);
/* --migrate-wait: "500ms", "60s", "5min", "1h"; a minute by default. */
int bl_cli_value_wait(const char *word, uint32_t *ms, struct bobolink_error *error);
/* --migrate-jobs: 1 to 1000; four for each processor by default. */
int bl_cli_value_jobs(const char *word, uint32_t *jobs, struct bobolink_error *error);
/*
 * --migrate-mark: VERSION:applied, :pending or :forget. `mark` becomes an enum bobolink_mark, and `length`
 * that of VERSION.
 */
int bl_cli_value_mark(const char *word, size_t *length, int *mark, struct bobolink_error *error);

/* Digits alone, as a number up to `most`; -1 for anything else. */
int64_t bl_cli_value_number(const char *word, size_t length, int64_t most);

#endif
