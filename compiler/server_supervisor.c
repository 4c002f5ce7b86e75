/*
 * The process that starts a private server, watches the tool, and clears everything away.
 *
 * It does all that could be left half-done, so that whatever happens to the tool there is somebody
 * who cleans up: the tool's death is the end of file on their socket. Every wait here has a bound.
 */
#include "server_supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server_cache.h"
#include "server_process.h"
#include "server_tree.h"
#include "support/file.h"

#define OLDEST_MAJOR 12

/* Milliseconds; a machine under load is slow, not broken. */
#define PATIENCE_VERSION 20000
#define PATIENCE_INITDB	 120000
#define PATIENCE_READY	 60000
#define PATIENCE_QUIT	 10000
#define PATIENCE_KILL	 5000

struct supervisor {
	struct arena arena;
	int tool; /* readable: closed at the other end */
	const char *bindir;
	enum server_content content;
	struct server_user user;
	const char *directory; /* NULL: not made yet */
	const char *data;
	int log;
	pid_t postgres; /* 0: not running */
	struct server_report report;
};

/*
 * The superuser is called postgres because migrations name it. Small segments of write-ahead log
 * make the cluster half as large.
 */
#define INITDB_OPTIONS \
	"-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--wal-segsize=1", "--no-sync"

/* A server whose data nobody will miss; what it shares is in its directory and goes with it. */
static const char *const settings[] = {
	"fsync=off",
	"full_page_writes=off",
	"synchronous_commit=off",
	"autovacuum=off",
	"listen_addresses=",
	"unix_socket_permissions=0700",
	"max_connections=100",
	"max_prepared_transactions=4",
	"max_wal_size=1GB",
	"shared_buffers=16MB",
	"dynamic_shared_memory_type=mmap",
	"jit=off",
	"logging_collector=off",
	"cluster_name=bobolink",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- what is reported ------------------------------------------------------------------------ */

static int refuse(struct supervisor *self, const char *help, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int refuse(struct supervisor *self, const char *help, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(self->report.message, sizeof(self->report.message), format, arguments);
	va_end(arguments);
	(void)snprintf(self->report.help, sizeof(self->report.help), "%s", help);
	return -1;
}

static void tell(struct supervisor *self)
{
	const char *bytes = (const char *)&self->report;
	size_t left = sizeof(self->report);

	while (left) {
		ssize_t n = write(self->tool, bytes, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return; /* the tool is gone, which shows soon enough */
		bytes += n;
		left -= (size_t)n;
	}
}

/* The tool is gone or has had enough. Waits for that `milliseconds` at most. */
static bool is_over(struct supervisor *self, int milliseconds)
{
	return server_pause(self->tool, milliseconds) || server_is_told();
}

/* --- the server's programs ------------------------------------------------------------------- */

/* What programs have said since `start`: its end, when it is long. */
static const char *log_since(struct supervisor *self, off_t start)
{
	const off_t most = 4000;
	off_t end = lseek(self->log, 0, SEEK_END);
	char *text;
	ssize_t n;

	if (end - start > most)
		start = end - most;
	if (end <= start)
		return "";
	text = arena_alloc(&self->arena, (size_t)(end - start) + 1, 1);
	n = pread(self->log, text, (size_t)(end - start), start);
	while (n > 0 && text[n - 1] == '\n')
		n--;
	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* Runs a program to its end, with `input` (-1: nothing) to read. Returns 0 when it says that all is well; `*said` is its output. */
static int run(struct supervisor *self, char *const argv[], int input, int patience,
	       const char **said)
{
	off_t start = lseek(self->log, 0, SEEK_END);
	pid_t child = server_spawn(&self->user, argv, input, self->log);
	int status = -1;

	*said = "";
	if (child < 0)
		return refuse(self, "end some processes and build again", "cannot run %s: %s",
			      argv[0], file_reason(errno, &self->arena));
	if (!server_await(child, patience, &status)) {
		(void)kill(child, SIGKILL);
		(void)server_await(child, PATIENCE_KILL, &status);
		return refuse(self, "build again when the machine has less to do",
			      "%s did not end within %d seconds", argv[0], patience / 1000);
	}
	*said = log_since(self, start);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return refuse(self, "mend what it names, or set BOBOLINK_POSTGRES_BINDIR to another server",
		      "%s does not work here:\n%s", argv[0], *said);
}

/* The line of `postgres --version`: "postgres (PostgreSQL) 15.4 (Debian 15.4-1)". */
static int read_version(struct supervisor *self, const char **version)
{
	char *argv[] = { arena_format(&self->arena, "%s/postgres", self->bindir),
			 (char[]){ "--version" }, NULL };
	const char *number;

	if (run(self, argv, -1, PATIENCE_VERSION, version))
		return -1;
	number = strstr(*version, "PostgreSQL) ");
	self->report.major = number ? (int)strtol(strchr(number, ' '), NULL, 10) : 0;
	if (self->report.major >= OLDEST_MAJOR)
		return 0;
	return refuse(self,
		      "install PostgreSQL 12 or newer, or set BOBOLINK_POSTGRES_BINDIR to one",
		      "%s is \"%s\", which is too old", argv[0], *version);
}

/* --- the directory --------------------------------------------------------------------------- */

static void own(const struct supervisor *self, bool by_user)
{
	if (self->user.other)
		(void)chown(self->directory, by_user ? self->user.uid : geteuid(),
			    by_user ? self->user.gid : getegid());
}

/* What runs in a child that has become the server's user. */
typedef int as_user(struct supervisor *self);

static int run_as_user(struct supervisor *self, as_user *function)
{
	int status = -1;
	pid_t child;

	if (!self->user.other)
		return function(self);
	child = fork();
	if (child == 0)
		_exit(server_user_become(&self->user) || function(self) ? 1 : 0);
	if (child < 0 || !server_await(child, PATIENCE_INITDB, &status))
		return -1;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int try_directory(struct supervisor *self)
{
	return access(self->directory, R_OK | W_OK | X_OK);
}

/* In a folder with a comma in its name libpq would see two. */
static bool make_directory_in(struct supervisor *self, const char *base)
{
	char *path = arena_format(&self->arena, "%s/bobolink-server-XXXXXX",
				  file_real_path(base, &self->arena));

	if (*path != '/' || strlen(path) > SERVER_DIRECTORY_MAX || strchr(path, ',') ||
	    !mkdtemp(path))
		return false;
	self->directory = path;
	own(self, true);
	/* Root's own TMPDIR may be closed to everybody else. */
	if (run_as_user(self, try_directory) == 0)
		return true;
	(void)rmdir(path);
	self->directory = NULL;
	return false;
}

static int make_directory(struct supervisor *self)
{
	const char *base = getenv("TMPDIR");

	if (!(base && *base && make_directory_in(self, base)) && !make_directory_in(self, "/tmp"))
		return refuse(self,
			      "make room in /tmp, or set TMPDIR to a folder that can be written to",
			      "cannot make a directory for a private server in %s: %s",
			      base && *base ? base : "/tmp", file_reason(errno, &self->arena));
	self->data = arena_format(&self->arena, "%s/data", self->directory);
	(void)snprintf(self->report.directory, sizeof(self->report.directory), "%s",
		       self->directory);
	self->log = open(arena_format(&self->arena, "%s/log", self->directory),
			 O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (self->log < 0)
		return refuse(self, "make room there", "cannot write to %s: %s", self->directory,
			      file_reason(errno, &self->arena));
	return 0;
}

/* --- the cluster ----------------------------------------------------------------------------- */

static const char *options_text(struct supervisor *self)
{
	static const char *const options[] = { INITDB_OPTIONS };
	const char *text = self->content == SERVER_LEAN ? "lean" : "";

	for (size_t i = 0; i < COUNT(options); i++)
		text = arena_format(&self->arena, "%s %s", text, options[i]);
	return text;
}

static int initialise(struct supervisor *self)
{
	const char *said;
	const char *argv[] = { arena_format(&self->arena, "%s/initdb", self->bindir), "-D",
			       self->data, INITDB_OPTIONS, NULL };

	own(self, true);
	/* execve's prototype lacks the const that it keeps. */
	return run(self, (char *const *)argv, -1, PATIENCE_INITDB, &said);
}

/*
 * Drops the templates, which only CREATE DATABASE needs. A file system that has to make and remove thousands of files a
 * minute becomes slow: the fewer the better.
 */
static int strip(struct supervisor *self)
{
	static const char commands[] = "UPDATE pg_catalog.pg_database SET datistemplate = false;\n"
				       "DROP DATABASE template0;\n"
				       "DROP DATABASE template1;\n";
	const char *path = arena_format(&self->arena, "%s/commands", self->directory);
	char *argv[] = { arena_format(&self->arena, "%s/postgres", self->bindir),
			 (char[]){ "--single" },
			 (char[]){ "-D" },
			 (char *)self->data,
			 (char[]){ "-F" },
			 (char[]){ "postgres" },
			 NULL };
	const char *said;
	int input = -1;
	int rc;

	if (file_create(path, commands, strlen(commands)) == 0)
		input = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (input < 0)
		return refuse(self, "make room there", "cannot write to %s: %s", self->directory,
			      file_reason(errno, &self->arena));
	rc = run(self, argv, input, PATIENCE_INITDB, &said);
	close(input);
	return rc;
}

static int remove_data(struct supervisor *self)
{
	return server_tree_remove(self->data);
}

/* While root copies, the directory is closed to the server's user: nobody can slip a link in. */
static bool load(struct supervisor *self, const char *entry)
{
	bool loaded;

	own(self, false);
	loaded = server_cache_load(entry, self->data, &self->user, &self->arena) == 0;
	own(self, true);
	if (!loaded) {
		server_cache_forget(entry);
		(void)run_as_user(self, remove_data);
	}
	return loaded;
}

static int make_cluster(struct supervisor *self, const char *entry)
{
	if (initialise(self) || (self->content == SERVER_LEAN && strip(self)))
		return -1;
	if (entry) {
		own(self, false);
		server_cache_store(entry, self->data, &self->arena);
		own(self, true);
	}
	return 0;
}

/* --- the server ------------------------------------------------------------------------------ */

/* Line `number` (from 1) of postmaster.pid, or "". */
static const char *pid_file_line(struct supervisor *self, int number)
{
	char *text;
	size_t length;
	const char *path = arena_format(&self->arena, "%s/postmaster.pid", self->data);

	if (file_read(path, &self->arena, &text, &length) != FILE_OK)
		return "";
	for (; number > 1 && *text; number--)
		text += strcspn(text, "\n") + (strchr(text, '\n') != NULL);
	return text;
}

/* The server writes its state there: "starting", "ready". */
static bool is_ready(struct supervisor *self)
{
	return strtol(pid_file_line(self, 1), NULL, 10) == (long)self->postgres &&
	       strncmp(pid_file_line(self, 8), "ready", 5) == 0;
}

/* Waits for "ready" with pauses that grow from 1 to 20 milliseconds. */
static int await_ready(struct supervisor *self, off_t start)
{
	long long end = server_clock() + PATIENCE_READY;

	for (int pause = 1; server_clock() < end; pause = pause < 20 ? pause + 1 : 20) {
		int status;

		if (is_ready(self))
			return 0;
		if (is_over(self, pause))
			return refuse(self, "", "interrupted");
		if (server_await(self->postgres, 0, &status)) {
			self->postgres = 0;
			return refuse(self,
				      "mend what it names, or set BOBOLINK_SHADOW_URL to a server "
				      "for scratch databases",
				      "the private server in %s does not start:\n%s",
				      self->directory, log_since(self, start));
		}
	}
	return refuse(self, "build again when the machine has less to do",
		      "the private server was not ready within %d seconds:\n%s",
		      PATIENCE_READY / 1000, log_since(self, start));
}

/* The directories of sockets are a list of names; quoted, one with blanks is one. */
static const char *socket_setting(struct supervisor *self)
{
	struct arena *arena = &self->arena;
	const char *text = "unix_socket_directories=\"";

	for (const char *c = self->directory; *c; c++)
		text = arena_format(arena, "%s%s%c", text, *c == '"' ? "\"" : "", *c);
	return arena_format(arena, "%s\"", text);
}

static int launch(struct supervisor *self)
{
	const char *argv[8 + 2 * COUNT(settings)] = {
		arena_format(&self->arena, "%s/postgres", self->bindir),
		"-D",
		self->data,
		"-p",
		arena_format(&self->arena, "%d", SERVER_PORT),
		"-c",
		socket_setting(self),
	};
	off_t start = lseek(self->log, 0, SEEK_END);

	for (size_t i = 0; i < COUNT(settings); i++) {
		argv[7 + 2 * i] = "-c";
		argv[8 + 2 * i] = settings[i];
	}
	self->postgres = server_spawn(&self->user, (char *const *)argv, -1, self->log);
	if (self->postgres < 0) {
		self->postgres = 0;
		return refuse(self, "end some processes and build again", "cannot run %s: %s",
			      argv[0], file_reason(errno, &self->arena));
	}
	return await_ready(self, start);
}

/* SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint, no waiting for clients. */
static void halt(struct supervisor *self)
{
	int status;

	if (!self->postgres)
		return;
	(void)kill(self->postgres, SIGQUIT);
	if (!server_await(self->postgres, PATIENCE_QUIT, &status)) {
		(void)kill(self->postgres, SIGKILL);
		(void)server_await(self->postgres, PATIENCE_KILL, &status);
	}
	self->postgres = 0;
}

/* --- the way through ------------------------------------------------------------------------- */

static int start(struct supervisor *self)
{
	const char *version;
	const char *entry;
	bool loaded;

	if (make_directory(self) || read_version(self, &version))
		return -1;
	entry = server_cache_entry(self->bindir, version, options_text(self), &self->arena);
	loaded = entry && load(self, entry);
	if (loaded && launch(self) == 0)
		return 0;
	if (loaded && !is_over(self, 0)) {
		/* What was kept is damaged in a way that its size did not show. */
		halt(self);
		server_cache_forget(entry);
		(void)run_as_user(self, remove_data);
	}
	if (is_over(self, 0))
		return refuse(self, "", "interrupted");
	return make_cluster(self, entry) || launch(self) ? -1 : 0;
}

/* A server that was killed leaves a segment of System V shared memory; its file names it. */
static void remove_segment(struct supervisor *self)
{
	unsigned long key;
	int id;

	if (sscanf(pid_file_line(self, 7), "%lu %d", &key, &id) == 2)
		(void)shmctl(id, IPC_RMID, NULL);
}

static int remove_contents(struct supervisor *self)
{
	remove_segment(self);
	return server_tree_remove(self->directory);
}

/*
 * Processes of a server that was killed may still write there for a moment. The directory itself
 * may stand where only this process may remove it.
 */
static void remove_directory(struct supervisor *self)
{
	if (!self->directory)
		return;
	own(self, true);
	for (int attempt = 0; attempt < 50; attempt++) {
		(void)run_as_user(self, remove_contents);
		if (rmdir(self->directory) == 0 || errno == ENOENT)
			return;
		(void)server_pause(-1, 100);
	}
}

_Noreturn void server_supervise(const char *bindir, enum server_content content, int tool)
{
	struct supervisor self = { .arena = ARENA_INIT,
				   .bindir = bindir,
				   .content = content,
				   .user = server_user_choose(),
				   .log = -1 };

	self.tool = server_detach(tool);
	self.report.ready = start(&self) == 0;
	tell(&self);
	while (self.report.ready && !is_over(&self, 60000)) {
		/* the server does the work */
	}
	halt(&self);
	remove_directory(&self);
	_exit(0);
}
