/* Beside the server of the tests: poolers in front of it, a standby behind it, and one that wants passwords. */
#ifndef CLUSTER_H
#define CLUSTER_H

#include "companion.h"
#include "engine.h"

/* `url` as it is reached at another place: the same database through a pooler, or on a standby. */
void cluster_url(const char *url, const struct companion *place, char out[ENGINE_URL_SIZE]);

/*
 * Starts pgbouncer in front of the server of `url`, with at most `size` connections to it; `mode` is "session" or "transaction". The test is skipped
 * where it is not installed.
 */
void cluster_pooler(struct companion *companion, const char *url, const char *mode, int size);
/* Starts a streaming standby of the server of `url`, and waits until it has caught up. */
void cluster_standby(struct companion *companion, const char *url);
/* Starts an empty server that lets nobody in without this password. */
void cluster_with_password(struct companion *companion, const char *password);

#endif
