/* The one query of a boot with nothing to do, with and without the fingerprint of the schema in it. */
#ifndef BENCH_HEAD_H
#define BENCH_HEAD_H

#include <bobolink/backend.h>

/* Asks it once on `handle`, a connection of this backend; returns an enum bobolink_result. */
int head_ask(const struct bobolink_backend *backend, void *handle, int with_fingerprint);

#endif
