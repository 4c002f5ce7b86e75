/*
 * A PostgreSQL set in which every kind of migration shows whether it was run once: several statements, changes of
 * data that would double, migrations outside transactions, indexes made and dropped concurrently.
 */
#ifndef FRAGILE_SET_H
#define FRAGILE_SET_H

#include "hand_set.h"

#define FRAGILE_MIGRATIONS 8

struct hand_set *fragile_set(void);

/* What is not as eight migrations leave it that ran once each; NULL when all is. */
const char *fragile_damage(const char *url);

/*
 * After a run that was stopped at point `at`: asserts that of its migrations just those were done that the history says,
 * that the next start finishes, and that then each was done once.
 */
void fragile_check(const char *url, const struct bobolink_set *set, long at);

#endif
