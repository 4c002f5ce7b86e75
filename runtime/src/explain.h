/* Explain: the words for what a plan decided. */
#ifndef BL_EXPLAIN_H
#define BL_EXPLAIN_H

#include "plan.h"

/* Why an item stands in the way, or is worth a note, and what to do next; one line. */
void bl_explain_item(const struct bl_plan *plan, const struct bl_plan_item *item, char *text,
		     size_t size);

/* Whether the database is of an older release than the one the set was proved on, and how to say so. */
bool bl_explain_older(const struct bl_plan *plan, char *text, size_t size);

/* Why a seed is not run in this environment: "only for development". */
void bl_explain_elsewhere(const struct bobolink_set *set, uint32_t index, char *text, size_t size);

/* The verdict of a plan as an error; returns it. */
int bl_explain_verdict(const struct bl_plan *plan, struct bobolink_error *error);

#endif
