/*
 * Health from inside: each source of facts fills in its members of the struct and adds findings.
 */
#ifndef BL_SCHEMA_HEALTH_H
#define BL_SCHEMA_HEALTH_H

#include <bobolink/schema.h>

#include "../session.h"

struct bl_health {
	struct bobolink_health health; /* first: the caller's pointer */
	struct bobolink_allocator allocator;
	struct bl_pool pool;
	struct bobolink_health_finding *findings;
	struct bobolink_health_index *indexes;
	uint32_t finding_capacity;
	uint32_t index_capacity;
};

/* Adds a finding; what cannot be allocated is remembered in the pool. */
void bl_health_add(struct bl_health *health, int code, int64_t version, const char *next,
		   const char *format, ...) __attribute__((format(printf, 5, 6)));

/* health_history.c: what the history says of every migration, and of the last run. */
void bl_health_history(struct bl_health *health, const struct bl_view *view);

/* health_scripts.c: what became of fixes and repeatables. */
int bl_health_scripts(struct bl_health *health, struct bobolink_session *session,
		      struct bobolink_error *error);

/* health_database.c: who holds the lock, whether it can be written, which indexes are of no use. */
int bl_health_database(struct bl_health *health, struct bobolink_session *session,
		       struct bobolink_error *error);

/* health_drift.c: compares the schema, or says why not. `head`: as it was just read. */
int bl_health_drift(struct bl_health *health, struct bobolink_session *session, uint32_t flags,
		    const struct bl_head *head, struct bobolink_error *error);

/* health_backup.c: the newest backup. */
int bl_health_backup(struct bl_health *health, const struct bobolink_session *session,
		     struct bobolink_error *error);

/* What ends the look at a health; anything else is a finding. */
bool bl_health_is_fatal(int rc);

#endif
