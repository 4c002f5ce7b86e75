/*
 * The tool with every system call and every allocation failing in turn, and with a full disk: it says
 * so and exits with status 1, or it does its work; files are as before or complete; the next run
 * finishes.
 *
 * The calls are replaced in this program alone: its definitions come before those of the C library.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../compiler/server.h"
#include "database.h"
#include "commands/command.h"
#include "folder.h"
#include "support/file.h"

#define SAMPLE 120

/* The sanitizer's allocator cannot be replaced. */
#if defined(__SANITIZE_ADDRESS__)
#define CAN_FAIL_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CAN_FAIL_ALLOCATIONS 0
#endif
#endif
#ifndef CAN_FAIL_ALLOCATIONS
#define CAN_FAIL_ALLOCATIONS 1
#endif

enum kind {
	KIND_CALL,   /* one system call fails */
	KIND_FULL,   /* from one write on, the disk is full */
	KIND_MEMORY, /* one allocation fails */
	KIND_EMPTY,  /* from one allocation on, there is no memory */
};

static enum kind kind;
static long at; /* 0: nothing fails */
static long calls;

static bool fails(bool is_write)
{
	if (kind != KIND_CALL && !(kind == KIND_FULL && is_write))
		return false;
	calls++;
	if (!at || (kind == KIND_CALL ? calls != at : calls < at))
		return false;
	errno = kind == KIND_CALL ? EIO : ENOSPC;
	return true;
}

/* The C library's own function; a union, because ISO C has no cast from an object pointer. */
#define REAL(name, type)      \
	union {               \
		void *object; \
		type;         \
	} real_##name = { dlsym(RTLD_NEXT, #name) }

int open(const char *path, int flags, ...)
{
	REAL(open, int (*call)(const char *, int, ...));
	va_list arguments;
	int mode;

	va_start(arguments, flags);
	mode = flags & O_CREAT ? va_arg(arguments, int) : 0;
	va_end(arguments);
	return fails(false) ? -1 : real_open.call(path, flags, mode);
}

ssize_t read(int fd, void *bytes, size_t length)
{
	REAL(read, ssize_t(*call)(int, void *, size_t));

	return fails(false) ? -1 : real_read.call(fd, bytes, length);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	REAL(write, ssize_t(*call)(int, const void *, size_t));

	return fails(true) ? -1 : real_write.call(fd, bytes, length);
}

int fsync(int fd)
{
	REAL(fsync, int (*call)(int));

	return fails(true) ? -1 : real_fsync.call(fd);
}

int close(int fd)
{
	REAL(close, int (*call)(int));
	int rc = real_close.call(fd);

	return fails(false) ? -1 : rc;
}

int rename(const char *from, const char *to)
{
	REAL(rename, int (*call)(const char *, const char *));

	return fails(false) ? -1 : real_rename.call(from, to);
}

int stat(const char *path, struct stat *status)
{
	REAL(stat, int (*call)(const char *, struct stat *));

	return fails(false) ? -1 : real_stat.call(path, status);
}

int fstat(int fd, struct stat *status)
{
	REAL(fstat, int (*call)(int, struct stat *));

	return fails(false) ? -1 : real_fstat.call(fd, status);
}

DIR *opendir(const char *path)
{
	REAL(opendir, DIR * (*call)(const char *));

	return fails(false) ? NULL : real_opendir.call(path);
}

struct dirent *readdir(DIR *directory)
{
	REAL(readdir, struct dirent * (*call)(DIR *));

	return fails(false) ? NULL : real_readdir.call(directory);
}

#if CAN_FAIL_ALLOCATIONS
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static bool is_out_of_memory(void)
{
	if (kind != KIND_MEMORY && kind != KIND_EMPTY)
		return false;
	calls++;
	return at && (kind == KIND_MEMORY ? calls == at : calls >= at);
}

void *malloc(size_t size)
{
	return is_out_of_memory() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return is_out_of_memory() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return is_out_of_memory() ? NULL : __libc_realloc(memory, size);
}
#endif

/* ---- one run of the tool ---- */

static const struct command commands[] = {
	{ "compile", "DIR", 1, 1, FOR_COMPILE, "compile", command_compile },
	{ "lock", "DIR", 1, 1, FOR_LOCK, "lock", command_lock },
	{ "snapshot", "DIR", 1, 1, FOR_SNAPSHOT, "snapshot", command_snapshot },
};

/* Runs the tool in a child with the fault armed. Returns its exit status; `*count` is the calls it made. */
static int run(const char *const *argv, enum kind what, long point, const char *messages,
	       long *count)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	int channel[2];
	int status;
	pid_t child;

	assert_int_equal(pipe(channel), 0);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		int argc = 0;

		while (argv[argc])
			argc++;
		for (size_t i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
			signal(crashes[i], SIG_DFL); /* cmocka's handlers are for the parent */
		if (!freopen(messages, "w", stderr) || !freopen("/dev/null", "w", stdout))
			_exit(99);
		kind = what;
		at = point;
		calls = 0;
		status = command_main(commands, 3, argc, (char **)(uintptr_t)argv);
		at = 0;
		if (write(channel[1], &calls, sizeof(calls)) != sizeof(calls))
			_exit(98);
		exit(status);
	}
	close(channel[1]);
	if (read(channel[0], count, sizeof(*count)) != sizeof(*count))
		*count = 0;
	close(channel[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status))
		fail_msg("point %ld: killed by signal %d", point, WTERMSIG(status));
	return WEXITSTATUS(status);
}

/* ---- sweeps ---- */

/* A file that the tool writes: absent or with old bytes before, with new bytes afterwards. */
struct product {
	const char *path;
	const char *before; /* NULL: absent */
	const char *after;
};

struct sweep {
	struct folder *folder;
	const char *const *argv;
	const char *messages;
	struct product products[2];
	size_t count;
};

static const char *contents(struct arena *arena, const char *path)
{
	size_t length;
	char *bytes = NULL;

	return file_read(path, arena, &bytes, &length) == FILE_OK ? bytes : NULL;
}

static void restore(const struct sweep *sweep)
{
	for (size_t i = 0; i < sweep->count; i++) {
		const struct product *product = &sweep->products[i];

		if (product->before)
			assert_int_equal(file_write(product->path, product->before,
						    strlen(product->before)),
					 0);
		else
			(void)unlink(product->path);
	}
}

/* Nothing half-written, and no temporary file beside it. */
static void check_products(const struct sweep *sweep, bool done, long point)
{
	struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < sweep->count; i++) {
		const struct product *product = &sweep->products[i];
		const char *now = contents(&arena, product->path);
		bool is_after = now && strcmp(now, product->after) == 0;
		bool is_before = now ? product->before && strcmp(now, product->before) == 0
				     : !product->before;

		if (!is_after && (done || !is_before))
			fail_msg("point %ld: %s is neither old nor new", point, product->path);
	}
	arena_release(&arena);
}

static void check_leftovers(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	assert_non_null(directory);
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] == '.' && strlen(entry->d_name) > 2)
			fail_msg("%s is left behind", entry->d_name);
	}
	closedir(directory);
}

static void check_point(const struct sweep *sweep, enum kind what, long point)
{
	struct arena arena = ARENA_INIT;
	long count;
	int status;

	restore(sweep);
	status = run(sweep->argv, what, point, sweep->messages, &count);
	if (status != STATUS_DONE && status != STATUS_BAD)
		fail_msg("point %ld: exit status %d: %s", point, status,
			 contents(&arena, sweep->messages));
	if (status == STATUS_BAD && what != KIND_EMPTY)
		assert_string_not_equal(contents(&arena, sweep->messages), "");
	check_products(sweep, status == STATUS_DONE, point);
	check_leftovers(sweep->folder->path);
	check_leftovers(folder_file(sweep->folder, "out"));
	arena_release(&arena);
}

/* Every point, or a sample of them spread evenly. */
static void sweep_all(const struct sweep *sweep, enum kind what, const char *name)
{
	long points = 0;
	long total;
	long again;
	long step;

	restore(sweep);
	assert_int_equal(run(sweep->argv, what, 0, sweep->messages, &total), STATUS_DONE);
	assert_true(total > 0);
	step = test_all() || total < SAMPLE ? 1 : total / SAMPLE;
	for (long point = 1; point <= total; point += step) {
		check_point(sweep, what, point);
		points++;
	}
	assert_int_equal(run(sweep->argv, what, 0, sweep->messages, &again), STATUS_DONE);
	check_products(sweep, true, 0);
	printf("sweep: %ld of %ld points: %s\n", points, total, name);
	assert_true(points > 0);
}

static void sweep_files(const struct sweep *sweep)
{
	sweep_all(sweep, KIND_CALL, "a system call of the tool fails");
	sweep_all(sweep, KIND_FULL, "the disk is full from a write of the tool on");
}

static void sweep_kinds(const struct sweep *sweep)
{
	sweep_files(sweep);
#if CAN_FAIL_ALLOCATIONS
	sweep_all(sweep, KIND_MEMORY, "an allocation of the tool fails");
	sweep_all(sweep, KIND_EMPTY, "no memory is left from an allocation of the tool on");
#else
	printf("skipped: the sanitizer's allocator cannot be made to fail\n");
#endif
}

static void add_migrations(struct folder *folder)
{
	folder_add(folder, "m/1_users.sql",
		   "-- migrate:up\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n"
		   "-- migrate:down\nDROP TABLE users;\n");
	folder_add(folder, "m/2_names.sql",
		   "-- migrate:up\nCREATE INDEX names ON users (name);\n"
		   "-- migrate:down\nDROP INDEX names;\n");
	folder_add(folder, "out/keep", "");
}

/* Learns from a run without faults what the products are. */
static void learn(struct sweep *sweep)
{
	long count;

	for (size_t i = 0; i < sweep->count; i++)
		sweep->products[i].before =
			contents(&sweep->folder->arena, sweep->products[i].path);
	assert_int_equal(run(sweep->argv, KIND_CALL, 0, sweep->messages, &count), STATUS_DONE);
	for (size_t i = 0; i < sweep->count; i++) {
		sweep->products[i].after = contents(&sweep->folder->arena, sweep->products[i].path);
		assert_non_null(sweep->products[i].after);
	}
}

static void compile_survives_every_fault(void **state)
{
	struct folder *folder = *state;
	const char *const argv[] = { "bobolink",
				     "compile",
				     folder_file(folder, "m"),
				     "--output",
				     folder_file(folder, "out"),
				     "--name",
				     "shop",
				     NULL };
	struct sweep sweep = {
		.folder = folder,
		.argv = argv,
		.messages = folder_file(folder, "messages"),
		.products = { { folder_file(folder, "out/shop_migrations.c"), NULL, NULL },
			      { folder_file(folder, "out/shop_migrations.h"), NULL, NULL } },
		.count = 2,
	};

	add_migrations(folder);
	learn(&sweep);
	sweep_kinds(&sweep);
}

static void lock_survives_every_fault(void **state)
{
	struct folder *folder = *state;
	const char *const argv[] = { "bobolink", "lock", folder_file(folder, "m"), NULL };
	struct sweep sweep = {
		.folder = folder,
		.argv = argv,
		.messages = folder_file(folder, "messages"),
		.products = { { folder_file(folder, "m/migrations.lock"), NULL, NULL } },
		.count = 1,
	};

	add_migrations(folder);
	learn(&sweep);
	folder_add(folder, "m/3_mails.sql", "CREATE TABLE mails (id INTEGER PRIMARY KEY);\n");
	learn(&sweep);
	sweep_kinds(&sweep);
}

/*
 * A snapshot that cannot be read is not taken for one that is not there: the code would be that of an unproven set. No
 * allocation fails here, because libpg_query ends the process then.
 */
static void a_build_from_a_snapshot_survives_every_fault(void **state)
{
	struct folder *folder = *state;
	const char *const argv[] = { "bobolink",
				     "compile",
				     BOBOLINK_SOURCE_DIR
				     "/tests/golden/snapshot-stands-for-a-server/migrations",
				     "--database",
				     "postgres",
				     "--output",
				     folder_file(folder, "out"),
				     "--name",
				     "shop",
				     NULL };
	struct sweep sweep = {
		.folder = folder,
		.argv = argv,
		.messages = folder_file(folder, "messages"),
		.products = { { folder_file(folder, "out/shop_migrations.c"), NULL, NULL },
			      { folder_file(folder, "out/shop_migrations.h"), NULL, NULL } },
		.count = 2,
	};

	folder_add(folder, "out/keep", "");
	assert_int_equal(setenv("BOBOLINK_POSTGRES_BINDIR", "/nowhere", 1), 0);
	learn(&sweep);
	assert_non_null(strstr(sweep.products[0].after, "ADD COLUMN mail"));
	sweep_files(&sweep);
	assert_int_equal(unsetenv("BOBOLINK_POSTGRES_BINDIR"), 0);
}

#ifdef BOBOLINK_WITH_POSTGRES
static void a_snapshot_survives_every_fault(void **state)
{
	struct folder *folder = *state;
	const char *const argv[] = { "bobolink", "snapshot", folder_file(folder, "m"), NULL };
	struct sweep sweep = {
		.folder = folder,
		.argv = argv,
		.messages = folder_file(folder, "messages"),
		.products = { { folder_file(folder, "m/migrations.snapshot"), NULL, NULL } },
		.count = 1,
	};
	struct server_error error;
	struct server *server;
	enum server_result result = server_start(NULL, SERVER_ALL, &folder->arena, &server, &error);

	if (result == SERVER_MISSING) {
		printf("skipped: %s\n", error.message);
		skip();
	}
	assert_int_equal(result, SERVER_STARTED);
	assert_int_equal(setenv("BOBOLINK_SHADOW_URL", server_url(server), 1), 0);
	add_migrations(folder);
	learn(&sweep);
	folder_add(folder, "m/3_mails.sql", "CREATE TABLE mails (id integer PRIMARY KEY);\n");
	learn(&sweep);
	sweep_files(&sweep);
	assert_int_equal(unsetenv("BOBOLINK_SHADOW_URL"), 0);
	server_stop(server);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(compile_survives_every_fault, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(lock_survives_every_fault, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(a_build_from_a_snapshot_survives_every_fault,
						folder_make, folder_remove),
#ifdef BOBOLINK_WITH_POSTGRES
		cmocka_unit_test_setup_teardown(a_snapshot_survives_every_fault, folder_make,
						folder_remove),
#endif
	};

	return cmocka_run_group_tests_name("compiler faults", tests, NULL, NULL);
}
