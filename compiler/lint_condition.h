/* Condition: whether the WHERE of a statement leaves anything out. */
#ifndef LINT_CONDITION_H
#define LINT_CONDITION_H

#include "lint_words.h"

/* False without a WHERE from `from` on, and with one that is true of every row: WHERE 1 = 1. */
bool lint_has_condition(const struct words *words, uint32_t from);

#endif
