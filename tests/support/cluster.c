/*
 * Beside the server of the tests: see the header.
 */
#include "cluster.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../compiler/server_find.h"
#include "server.h"

#define PORT "5432"

/* The value of one parameter of a connection string. */
static void parameter(const char *url, const char *keyword, char value[128])
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);

	assert_non_null(options);
	value[0] = '\0';
	for (PQconninfoOption *option = options; option->keyword; option++) {
		if (strcmp(option->keyword, keyword) == 0 && option->val)
			(void)snprintf(value, 128, "%s", option->val);
	}
	PQconninfoFree(options);
}

void cluster_url(const char *url, const struct companion *place, char out[ENGINE_URL_SIZE])
{
	char database[128];

	parameter(url, "dbname", database);
	(void)snprintf(out, ENGINE_URL_SIZE,
		       "postgres:///%s?host=%s&hostaddr=&port=" PORT "&user=postgres", database,
		       place->directory);
}

/* A server's program; the test is skipped where it is not installed. */
static const char *program(const char *name, char path[256])
{
	struct arena arena = ARENA_INIT;
	const char *message;
	const char *directory = server_find(NULL, &arena, &message);

	assert_non_null(directory);
	(void)snprintf(path, 256, "%s/%s", directory, name);
	arena_release(&arena);
	if (access(path, X_OK)) {
		print_message("skipped: %s is not installed\n", path);
		skip();
	}
	return path;
}

static const char *pgbouncer(void)
{
	static const char *const places[] = { "/usr/sbin/pgbouncer", "/usr/bin/pgbouncer",
					      "/usr/local/bin/pgbouncer" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (access(places[i], X_OK) == 0)
			return places[i];
	}
	print_message("skipped: pgbouncer is not installed; help: apt-get install pgbouncer\n");
	skip();
	return NULL;
}

void cluster_pooler(struct companion *companion, const char *url, const char *mode, int size)
{
	char *argv[] = { (char *)pgbouncer(), NULL, NULL };
	char reached[ENGINE_URL_SIZE];
	char settings[1000];
	char host[128];
	char path[128];

	companion_init(companion);
	parameter(url, "host", host);
	(void)snprintf(settings, sizeof(settings),
		       "[databases]\n* = host=%s port=" PORT " user=postgres\n"
		       "[pgbouncer]\nlisten_addr =\nlisten_port = " PORT "\n"
		       "unix_socket_dir = %s\nauth_type = any\npool_mode = %s\n"
		       "max_client_conn = 200\ndefault_pool_size = %d\n",
		       host, companion->directory, mode, size);
	companion_write(companion, "pgbouncer.ini", settings);
	(void)snprintf(path, sizeof(path), "%s/pgbouncer.ini", companion->directory);
	argv[1] = path;
	cluster_url(url, companion, reached);
	companion_start(companion, argv, reached);
}

/* Starts the cluster in "data"; the settings that a standby has from its primary are the same. */
static void start(struct companion *companion, const char *url)
{
	char postgres[256];
	char data[128];
	char sockets[128];
	char *argv[] = { (char *)program("postgres", postgres),
			 "-D",
			 data,
			 "-p",
			 PORT,
			 "-c",
			 sockets,
			 "-c",
			 "listen_addresses=",
			 "-c",
			 "fsync=off",
			 "-c",
			 "shared_buffers=16MB",
			 "-c",
			 "max_connections=100",
			 "-c",
			 "max_prepared_transactions=4",
			 "-c",
			 "dynamic_shared_memory_type=mmap",
			 NULL };

	(void)snprintf(data, sizeof(data), "%s/data", companion->directory);
	(void)snprintf(sockets, sizeof(sockets), "unix_socket_directories=%s",
		       companion->directory);
	companion_start(companion, argv, url);
}

/* Waits until the standby has what the primary had written by now. */
static void catch_up(const char *primary_url, const char *standby_url)
{
	PGconn *primary = pg_open(primary_url);
	PGconn *standby = pg_open(standby_url);
	char sql[200];
	bool done = false;

	(void)snprintf(sql, sizeof(sql), "SELECT CAST(pg_last_wal_replay_lsn() >= '%s' AS int)",
		       pg_text(primary, "SELECT pg_current_wal_lsn()"));
	for (int i = 0; i < 1500 && !done; i++) {
		done = pg_number(standby, sql) == 1;
		(void)poll(NULL, 0, done ? 0 : 20);
	}
	PQfinish(standby);
	PQfinish(primary);
	assert_true(done);
}

void cluster_standby(struct companion *companion, const char *url)
{
	char basebackup[256];
	char data[128];
	char host[128];
	char reached[ENGINE_URL_SIZE];
	char *argv[] = { (char *)program("pg_basebackup", basebackup),
			 "-h",
			 host,
			 "-p",
			 PORT,
			 "-U",
			 "postgres",
			 "-D",
			 data,
			 "-R",
			 "-X",
			 "stream",
			 "-c",
			 "fast",
			 "--no-sync",
			 NULL };

	companion_init(companion);
	parameter(url, "host", host);
	(void)snprintf(data, sizeof(data), "%s/data", companion->directory);
	companion_run(companion, argv);
	cluster_url(url, companion, reached);
	start(companion, reached);
	catch_up(url, reached);
}

void cluster_with_password(struct companion *companion, const char *password)
{
	char initdb[256];
	char data[128];
	char file[128];
	char reached[ENGINE_URL_SIZE];
	char *argv[] = { (char *)program("initdb", initdb),
			 "-D",
			 data,
			 "-U",
			 "postgres",
			 "-A",
			 "scram-sha-256",
			 "--pwfile",
			 file,
			 "-E",
			 "UTF8",
			 "--locale=C",
			 "--no-sync",
			 NULL };

	companion_init(companion);
	(void)snprintf(data, sizeof(data), "%s/data", companion->directory);
	(void)snprintf(file, sizeof(file), "%s/password", companion->directory);
	companion_write(companion, "password", password);
	companion_run(companion, argv);
	(void)snprintf(reached, sizeof(reached),
		       "postgres:///postgres?host=%s&hostaddr=&port=" PORT
		       "&user=postgres&password=%s",
		       companion->directory, password);
	start(companion, reached);
}
