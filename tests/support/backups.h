/* A migrated database, a folder for its backups, and a folder that can be the whole PATH. */
#ifndef BACKUPS_H
#define BACKUPS_H

#include "cluster.h"
#include "fixture.h"
#include "server.h"

extern char backups_folder[300];
extern char backups_programs[300]; /* a directory for the PATH */
extern char backups_path[4096];	   /* the PATH as it was */
extern struct companion backups_guarded;

int backups_setup(void **state);
int backups_teardown(void **state);
#define BACKUP_TEST(name) cmocka_unit_test_setup_teardown(name, backups_setup, backups_teardown)

void backups_make(struct fixture *fixture, const char *name);
void backups_close(struct fixture *fixture);
int backups_restore(struct fixture *fixture, const char *name, uint32_t flags);
/* Migrated and backed up as "a", then changed. */
void backups_prepare(struct fixture *fixture);
void backups_reopen(struct fixture *fixture);

#endif
