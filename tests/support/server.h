/*
 * A PostgreSQL server for one test program: started when it is first asked for, through the
 * compiler's own code, and stopped when the program ends. Every failure ends the program.
 */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#define SERVER_URL_SIZE 512

/* False, with a line that says why, where no server programs are installed: for fixtures. */
bool server_is_there(void);

/*
 * The connection string of the superuser on the database "postgres". For the body of a test, not its
 * fixture: the test is skipped where no server programs are installed.
 */
const char *server_for_tests(void);
/* The major version of that server, such as 15. */
int server_for_tests_major(void);

/* Makes an empty database with a name that no other has. The server must be there. */
void database_new(char url[SERVER_URL_SIZE]);

/* Removes it again, whoever is connected. */
void database_drop(const char *url);
/* Ends the server as a power failure does, starts it again and waits until it accepts connections. */
void server_restart(void);
/* Differs between two lives of the server, also those that one process of its ends by dying; 0: none now. */
int64_t server_life(void);
/* Waits, for half a minute at most, until the server has begun another life. */
void server_await_next(int64_t life);

/* The advisory lock that a program holds while it migrates, for bobolink's tables in `schema`. */
int64_t server_lock_key(const char *schema);

PGconn *pg_open(const char *url);
/* The same as another role. */
PGconn *pg_open_as(const char *url, const char *role);
void pg_run(PGconn *connection, const char *sql);
/* The first value of the first row; -1 when there is none or it is NULL. */
int64_t pg_number(PGconn *connection, const char *sql);
/* The same as text, in a buffer that the next call reuses; "" for none. */
const char *pg_text(PGconn *connection, const char *sql);

#endif
