/* Repair from inside: a plan with all that it was made from. */
#ifndef BL_SCHEMA_REPAIR_H
#define BL_SCHEMA_REPAIR_H

#include "drift.h"
#include "mend.h"

/* A migration to be applied again, as its row was read. */
struct bl_repair_row {
	uint32_t index; /* in the set */
	int64_t batch;
};

/* A missing object and the item that makes it: its own, or that of its table or column. */
struct bl_repair_part {
	const struct bobolink_object *object;
	const struct bobolink_object *maker;
};

struct bl_repair {
	struct bobolink_repair plan; /* what the caller holds */
	struct bobolink_allocator allocator;
	struct bl_pool pool;
	struct bl_drift drift; /* without its view */
	struct bl_head head;
	int64_t version; /* the newest one in the database once the rows are rolled back; -1 */
	struct bl_expected before; /* what the migrations below those to be applied again make */
	struct bl_mend mend;
	struct bobolink_repair_item *items;
	uint32_t capacity;
	struct bl_repair_part *parts; /* in the order of an inventory */
	uint32_t part_count;
	uint32_t part_capacity;
	struct bl_repair_row *rows; /* ascending by version */
	uint32_t row_count;
	bool lacking; /* nothing but tables, columns and indexes */
};

/* What a repair is for. */
enum bl_repair_scope {
	BL_REPAIR_ALL,
	BL_REPAIR_LACKING /* missing tables, columns and indexes; no migration is applied again */
};

/* Release with bobolink_repair_free(&(*repair)->plan). */
int bl_repair_plan(struct bobolink_session *session, enum bl_repair_scope scope,
		   struct bl_repair **repair, struct bobolink_error *error);
/* The same for what was read already, which is taken over: release `drift` either way. */
int bl_repair_from(struct bobolink_session *session, enum bl_repair_scope scope,
		   struct bl_drift *drift, struct bl_repair **repair, struct bobolink_error *error);
/* What should be there before migrations are applied again. */
const struct bl_expected *bl_repair_expected(const struct bl_repair *repair);
/* "column orders.note"; lives as long as the pool. */
const char *bl_repair_name(struct bl_pool *pool, const struct bobolink_object *object);

/*
 * The newest applied migrations that left no trace: everything that they add, change or remove is as it was before them,
 * tables or columns of the first one among it. The index of that in the set, or BL_SET_NONE; they reach up to the newest one
 * applied. One that can destroy rows, or writes to a table that is there, is never among them.
 */
int bl_reapply_find(const struct bl_drift *drift, uint32_t *first, struct bobolink_error *error);

/* Makes all that the plan can make and rolls rows back, in one transaction. `made`: out, objects. */
int bl_repair_write(struct bobolink_session *session, const struct bl_repair *repair,
		    uint32_t *made, struct bobolink_error *error);

/*
 * For a start: makes missing tables, columns and indexes again, with the keys and constraints of those tables, as
 * bobolink_repair does, and applies nothing. What cannot be made stays missing.
 * made  out: objects made; may be NULL.
 */
int bl_repair_lacking(struct bobolink_session *session, uint32_t *made,
		      struct bobolink_error *error);

#endif
