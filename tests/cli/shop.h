/*
 * What a test asks of a database beside the flags, once for each engine.
 */
#ifndef SHOP_H
#define SHOP_H

/* The program's default_url; NULL: it has none. */
extern const char *const shop_default_url;

/* Runs statements, prints rows with | between the values; an exit code. */
int shop_sql(const char *database, const char *sql);
/* Takes the lock that migrations need, makes a file "held", waits to be ended. */
int shop_hold(const char *database);

#endif
