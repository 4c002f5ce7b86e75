/*
 * Backup and restore, as they are on every database: names, the directory, pruning, what is refused.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fcntl.h>

#include "fixture.h"

#define NOBODY 65534

static char folder[300];

static int setup(void **state)
{
	struct fixture *fixture;

	if (fixture_setup(state))
		return -1;
	fixture = *state;
	snprintf(folder, sizeof(folder), "%s/kept", fixture->directory);
	fixture->options.backup_directory = folder;
	return 0;
}

static int teardown(void **state)
{
	scratch_remove(folder);
	return fixture_teardown(state);
}

#define BACKUP_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Migrated, with a session. */
static void begin(struct fixture *fixture)
{
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	fixture_open(fixture);
}

static void back_up(struct fixture *fixture, const char *name)
{
	if (bobolink_backup(fixture->session, name, NULL, &fixture->error))
		fail_msg("%s", fixture->error.message);
}

static struct bobolink_backups *list(struct fixture *fixture)
{
	struct bobolink_backups *backups = NULL;

	if (bobolink_backups(hand_set(fixture->set, engine()->backend), &fixture->options, &backups,
			     &fixture->error))
		fail_msg("%s", fixture->error.message);
	return backups;
}

static uint32_t count(struct fixture *fixture)
{
	struct bobolink_backups *backups = list(fixture);
	uint32_t number = backups->count;

	bobolink_backups_free(backups);
	return number;
}

static void close_all(struct fixture *fixture)
{
	bobolink_close(fixture->session);
	fixture->session = NULL;
	engine()->close(fixture->db);
	fixture->db = NULL;
}

static int restore(struct fixture *fixture, const char *name)
{
	char url[ENGINE_URL_SIZE + 16];

	snprintf(url, sizeof(url), "%s%s", strcmp(engine()->name, "sqlite") == 0 ? "sqlite:" : "",
		 fixture->url);
	return bobolink_restore(hand_set(fixture->set, engine()->backend), url, name,
				&fixture->options, 0, &fixture->error);
}

static void restored(struct fixture *fixture, const char *name)
{
	if (restore(fixture, name))
		fail_msg("%s", fixture->error.message);
	fixture->db = engine()->open(fixture->url);
}

/* Entries of the directory whose names begin like this. */
static int entries(const char *prefix)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	int found = 0;

	while (directory && (entry = readdir(directory)) != NULL)
		found += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	if (directory)
		closedir(directory);
	return found;
}

static void a_backup_is_a_checked_file_that_is_restored(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_backups *made = NULL;
	struct stat about;

	begin(fixture);
	assert_int_equal(bobolink_backup(fixture->session, "release-1_0", &made, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(made->count, 1);
	assert_string_equal(made->items[0].name, "release-1_0");
	assert_int_equal(made->items[0].version, 3);
	assert_int_equal(strlen(made->items[0].made_at), strlen("2026-01-02T03:04:05Z"));
	assert_int_equal(stat(made->items[0].path, &about), 0);
	assert_int_equal(about.st_size, made->items[0].size);
	assert_true(about.st_size > 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_int_equal(stat(folder, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0700);
	assert_non_null(strstr(made->items[0].path, "/kept/shop.release-1_0.v3."));
	bobolink_backups_free(made);
	fixture_run(fixture, "INSERT INTO ran VALUES (4711)");
	close_all(fixture);
	restored(fixture, "release-1_0");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran WHERE i = 4711"), 0);
	assert_true(fixture_is_whole(fixture, 3));
	assert_int_equal(entries(".bobolink."), 0);
}

static void a_restored_database_goes_on(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture);
	back_up(fixture, "three");
	fixture_replace_set(fixture, hand_set_counting("shop", 5));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 5));
	close_all(fixture);
	restored(fixture, "three");
	assert_true(fixture_is_whole(fixture, 3));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 5));
}

static void an_empty_database_has_a_backup_too(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_backups *made = NULL;

	fixture_open(fixture);
	assert_int_equal(bobolink_backup(fixture->session, "empty", &made, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(made->items[0].version, -1);
	assert_non_null(strstr(made->items[0].path, ".vnone."));
	bobolink_backups_free(made);
	bobolink_close(fixture->session);
	fixture->session = NULL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	close_all(fixture);
	restored(fixture, "empty");
	assert_int_equal(engine_tables(fixture->db, "ran"), 0);
}

static void a_name_is_letters_digits_and_dashes(void **state)
{
	static const char *const bad[] = { "",	  ".",	      "..", "../x", "a/b", "a.b",
					   "a b", "\xc3\xa9", "*",  "-\n",  "a%2E" };
	struct fixture *fixture = *state;
	char name[66];

	begin(fixture);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(bobolink_backup(fixture->session, bad[i], NULL, &fixture->error),
				 BOBOLINK_USAGE);
		fixture_told(fixture, BOBOLINK_USAGE, "letters, digits, - and _");
	}
	memset(name, 'n', sizeof(name));
	name[65] = '\0';
	assert_int_equal(bobolink_backup(fixture->session, name, NULL, &fixture->error),
			 BOBOLINK_USAGE);
	name[64] = '\0';
	back_up(fixture, name);
	assert_int_equal(bobolink_backup(fixture->session, name, NULL, &fixture->error),
			 BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "already");
	assert_int_equal(count(fixture), 1);
	assert_int_equal(entries(".bobolink."), 0);
}

static void backups_without_a_name_never_clash(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_backups *backups;

	begin(fixture);
	for (int i = 0; i < 3; i++)
		back_up(fixture, NULL);
	backups = list(fixture);
	assert_int_equal(backups->count, 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(strspn(backups->items[i].name, "0123456789"), 8);
		assert_int_equal(backups->items[i].name[8], 'T');
		assert_int_equal(backups->items[i].name[15], 'Z');
	}
	bobolink_backups_free(backups);
}

static void the_newest_are_kept(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_backups *backups;

	fixture->options.backup_keep = 2;
	begin(fixture);
	back_up(fixture, "before-restore-a");
	back_up(fixture, "b");
	back_up(fixture, "c");
	back_up(fixture, "a");
	backups = list(fixture);
	assert_int_equal(backups->count, 3);
	assert_string_equal(backups->items[0].name, "a");
	assert_string_equal(backups->items[1].name, "c");
	assert_string_equal(backups->items[2].name, "before-restore-a");
	bobolink_backups_free(backups);
}

static void a_set_sees_its_own_backups_only(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_backups *backups;

	begin(fixture);
	back_up(fixture, "one");
	fixture_replace_set(fixture, hand_set_counting("shop.one.v3", 1));
	fixture_open(fixture);
	assert_int_equal(count(fixture), 0);
	back_up(fixture, "two");
	backups = list(fixture);
	assert_int_equal(backups->count, 1);
	assert_string_equal(backups->items[0].name, "two");
	assert_int_equal(backups->items[0].version, -1);
	bobolink_backups_free(backups);
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	assert_int_equal(count(fixture), 1);
}

static void a_file_of_another_kind_is_no_backup(void **state)
{
	static const char *const names[] = { "shop.x.v3",
					     "shop.x.v.EXT",
					     "shop.x.3.EXT",
					     "shop..v3.EXT",
					     "shop.x.v3.EXT~",
					     "other.x.v3.EXT",
					     "shop.x.v99999999999999999999.EXT",
					     "shop.x.v-1.EXT" };
	struct fixture *fixture = *state;
	char path[400];

	begin(fixture);
	back_up(fixture, "real");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *cut = strstr(names[i], "EXT");
		FILE *file;

		snprintf(path, sizeof(path), "%s/%.*s%s%s", folder,
			 cut ? (int)(cut - names[i]) : (int)strlen(names[i]), names[i],
			 cut ? engine()->archive()->extension : "", cut ? cut + 3 : "");
		file = fopen(path, "w");
		assert_non_null(file);
		assert_int_equal(fclose(file), 0);
	}
	snprintf(path, sizeof(path), "%s/shop.folder.v3.%s", folder,
		 engine()->archive()->extension);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(count(fixture), 1);
	assert_int_equal(rmdir(path), 0);
}

static void an_unknown_name_is_answered_with_those_there_are(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(count(fixture), 0);
	assert_int_equal(restore(fixture, "monday"), BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "backup_directory");
	begin(fixture);
	back_up(fixture, "tuesday");
	close_all(fixture);
	assert_int_equal(restore(fixture, "monday"), BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "tuesday");
	fixture_told(fixture, BOBOLINK_USAGE, "--migrate-backups");
	assert_int_equal(restore(fixture, "../kept/shop.tuesday"), BOBOLINK_USAGE);
	fixture->db = engine()->open(fixture->url);
}

static void leave_unfinished(char path[400])
{
	FILE *file;

	assert_true(mkdir(folder, 0700) == 0 || access(folder, W_OK) == 0);
	snprintf(path, 400, "%s/.bobolink.shop.x.tmp", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

static void what_the_dead_left_goes_and_what_the_living_make_stays(void **state)
{
	struct fixture *fixture = *state;
	char path[400];
	int living;

	begin(fixture);
	leave_unfinished(path);
	back_up(fixture, "x");
	assert_int_equal(access(path, F_OK), -1);
	leave_unfinished(path);
	/* A lock of another open file is as good as one of another process. */
	living = open(folder, O_RDONLY);
	assert_int_equal(flock(living, LOCK_SH), 0);
	back_up(fixture, "y");
	assert_int_equal(access(path, F_OK), 0);
	close(living);
	back_up(fixture, "z");
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(count(fixture), 3);
}

static void a_directory_that_cannot_be_written_is_told(void **state)
{
	struct fixture *fixture = *state;
	int rc;

	begin(fixture);
	assert_int_equal(mkdir(folder, 0755), 0);
	assert_int_equal(chmod(folder, 0555), 0);
	/* The connection is open; root passes every check. */
	assert_true(geteuid() != 0 || seteuid(NOBODY) == 0);
	rc = bobolink_backup(fixture->session, "x", NULL, &fixture->error);
	assert_true(getuid() != 0 || seteuid(0) == 0);
	assert_int_equal(rc, BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, folder);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "Permission denied");
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(rmdir(folder), 0);
	fixture->options.backup_directory = "/nonexistent/backups";
	bobolink_close(fixture->session);
	fixture_open(fixture);
	assert_int_equal(bobolink_backup(fixture->session, "x", NULL, &fixture->error),
			 BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "backup_directory");
}

static void a_full_disk_leaves_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct rlimit limit;
	struct rlimit small;
	int rc;

	begin(fixture);
	back_up(fixture, "good");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = limit;
	small.rlim_cur = 512;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	rc = bobolink_backup(fixture->session, "cut", NULL, &fixture->error);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	(void)signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(rc, BOBOLINK_BACKUP_FAILED);
	assert_int_equal(count(fixture), 1);
	assert_int_equal(entries(".bobolink."), 0);
	assert_int_equal(entries("shop.cut"), 0);
}

static void interrupted_it_leaves_nothing(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture);
	bobolink_interrupt(fixture->session);
	assert_int_equal(bobolink_backup(fixture->session, "x", NULL, &fixture->error),
			 BOBOLINK_INTERRUPTED);
	assert_int_equal(count(fixture), 0);
	assert_int_equal(entries(".bobolink."), 0);
}

/* Cuts the file to half of it, or writes over its middle. */
static void damage(struct fixture *fixture, bool cut)
{
	struct bobolink_backups *backups = list(fixture);
	const struct bobolink_backup_item *item = &backups->items[0];
	char bytes[200];
	int file = open(item->path, O_RDWR);

	memset(bytes, 0x5a, sizeof(bytes));
	assert_true(file >= 0);
	if (cut)
		assert_int_equal(ftruncate(file, item->size / 2), 0);
	else
		assert_int_equal(pwrite(file, bytes, sizeof(bytes), 0), sizeof(bytes));
	assert_int_equal(close(file), 0);
	bobolink_backups_free(backups);
}

static void a_damaged_backup_is_refused_and_nothing_touched(void **state)
{
	struct fixture *fixture = *state;

	for (int cut = 0; cut < 2; cut++) {
		begin(fixture);
		back_up(fixture, cut ? "cut" : "written");
		damage(fixture, cut);
		fixture_run(fixture, "INSERT INTO ran VALUES (4711)");
		close_all(fixture);
		assert_int_equal(restore(fixture, cut ? "cut" : "written"), BOBOLINK_BACKUP_FAILED);
		assert_int_equal(entries("shop.before"), 0);
		fixture->db = engine()->open(fixture->url);
		assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran WHERE i = 4711"),
				 cut + 1);
	}
}

struct heard {
	uint32_t backups;
	char last[BOBOLINK_MESSAGE_SIZE];
};

static void on_log(void *context, const struct bobolink_event *event)
{
	struct heard *heard = context;

	if (event->kind != BOBOLINK_EVENT_BACKUP)
		return;
	heard->backups++;
	snprintf(heard->last, sizeof(heard->last), "%s", event->detail);
}

static void what_is_made_removed_and_restored_is_logged(void **state)
{
	struct fixture *fixture = *state;
	struct heard heard = { 0 };

	fixture->options.log = on_log;
	fixture->options.log_context = &heard;
	fixture->options.backup_keep = 1;
	begin(fixture);
	back_up(fixture, "one");
	assert_int_equal(heard.backups, 1);
	assert_non_null(strstr(heard.last, "backup one made"));
	back_up(fixture, "two");
	assert_int_equal(heard.backups, 3);
	assert_non_null(strstr(heard.last, "backup one removed"));
	close_all(fixture);
	restored(fixture, "two");
	assert_int_equal(heard.backups, 4);
	assert_non_null(strstr(heard.last, "backup two restored"));
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'backup' AND detail LIKE 'backup one made%'"),
			 1);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'backup' AND detail LIKE 'backup two restored%'"),
			 1);
}

static void a_run_makes_one_before_its_first_step(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_backups *backups;

	fixture->options.backup = BOBOLINK_BACKUP_ALWAYS;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	backups = list(fixture);
	assert_int_equal(backups->count, 1);
	assert_int_equal(backups->items[0].version, -1);
	bobolink_backups_free(backups);
	fixture_replace_set(fixture, hand_set_counting("shop", 5));
	fixture->options.backup_directory = "/nonexistent/backups";
	assert_int_equal(fixture_boot(fixture), BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "nothing was migrated");
	assert_true(fixture_is_whole(fixture, 3));
}

/* Fails at one call. */
struct budget {
	long calls;
	long at;
	long live;
};

static void *budget_allocate(void *context, size_t size)
{
	struct budget *budget = context;

	if (++budget->calls == budget->at)
		return NULL;
	budget->live++;
	return malloc(size);
}

static void *budget_reallocate(void *context, void *memory, size_t size)
{
	struct budget *budget = context;

	if (++budget->calls == budget->at)
		return NULL;
	budget->live += memory == NULL;
	return realloc(memory, size);
}

static void budget_release(void *context, void *memory)
{
	struct budget *budget = context;

	budget->live -= memory != NULL;
	free(memory);
}

static void every_allocation_may_fail(void **state)
{
	struct fixture *fixture = *state;
	struct budget budget = { .at = 0 };
	const struct bobolink_allocator allocator = { budget_allocate, budget_reallocate,
						      budget_release, &budget };
	int rc = BOBOLINK_NO_MEMORY;
	char name[32];

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture->options.allocator = &allocator;
	while (rc) {
		struct bobolink_backups *made = NULL;

		budget.calls = 0;
		budget.at++;
		snprintf(name, sizeof(name), "n%ld", budget.at);
		rc = bobolink_open(hand_set(fixture->set, engine()->backend), fixture->db,
				   &fixture->options, &fixture->session, &fixture->error);
		if (rc == BOBOLINK_OK)
			rc = bobolink_backup(fixture->session, name, &made, &fixture->error);
		bobolink_backups_free(made);
		bobolink_close(fixture->session);
		fixture->session = NULL;
		if (rc && rc != BOBOLINK_NO_MEMORY)
			fail_msg("%ld: %s", budget.at, fixture->error.message);
		/* One that fails while the log is written is forgiven. */
		if (rc == BOBOLINK_OK && budget.calls >= budget.at)
			rc = BOBOLINK_NO_MEMORY;
		assert_int_equal(budget.live, 0);
		assert_int_equal(entries(".bobolink."), 0);
	}
	print_message("sweep: %ld allocations\n", budget.at - 1);
	assert_true(budget.at > 10);
	fixture->options.allocator = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BACKUP_TEST(a_backup_is_a_checked_file_that_is_restored),
		BACKUP_TEST(a_restored_database_goes_on),
		BACKUP_TEST(an_empty_database_has_a_backup_too),
		BACKUP_TEST(a_name_is_letters_digits_and_dashes),
		BACKUP_TEST(backups_without_a_name_never_clash),
		BACKUP_TEST(the_newest_are_kept),
		BACKUP_TEST(a_set_sees_its_own_backups_only),
		BACKUP_TEST(a_file_of_another_kind_is_no_backup),
		BACKUP_TEST(an_unknown_name_is_answered_with_those_there_are),
		BACKUP_TEST(what_the_dead_left_goes_and_what_the_living_make_stays),
		BACKUP_TEST(a_directory_that_cannot_be_written_is_told),
		BACKUP_TEST(a_full_disk_leaves_nothing),
		BACKUP_TEST(interrupted_it_leaves_nothing),
		BACKUP_TEST(a_damaged_backup_is_refused_and_nothing_touched),
		BACKUP_TEST(what_is_made_removed_and_restored_is_logged),
		BACKUP_TEST(a_run_makes_one_before_its_first_step),
		BACKUP_TEST(every_allocation_may_fail),
	};

	return engine_run_group_tests(tests);
}
