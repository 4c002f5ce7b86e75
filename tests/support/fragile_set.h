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
/* The same of a run that stopped: the migrations that its history calls applied were, and no others. */
const char *fragile_torn(const char *url);

#endif
