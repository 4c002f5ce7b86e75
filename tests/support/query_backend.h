/* A backend that can only ask: what reading an inventory of a PostgreSQL database needs. */
#ifndef QUERY_BACKEND_H
#define QUERY_BACKEND_H

#include <bobolink/backend.h>
#include <libpq-fe.h>

/* Its connection: point one at it. */
struct bobolink_connection {
	PGconn *pg;
};

const struct bobolink_backend *query_backend(void);

#endif
