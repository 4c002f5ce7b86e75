/*
 * Modules: opened with dlopen, and asked for the functions that sections name.
 *
 * A module finds bobolink_step_connection() and its like in this program, which exports them.
 */
#include "shadow_module.h"

#include <ctype.h>
#include <dlfcn.h>
#include <string.h>

#include "image.h"

#define ENTRY_MAX 128

bool shadow_module_is_path(const char *extension)
{
	size_t length = strlen(extension);

	return strchr(extension, '/') || (length > 3 && strcmp(extension + length - 3, ".so") == 0);
}

/* As SQLite makes it of the file's name: the letters between "lib" and the first dot (sqlite.org/loadext.html). */
static void entry_name(const char *path, char *name)
{
	const char *base = strrchr(path, '/');
	size_t length = strlen("sqlite3_");

	base = base ? base + 1 : path;
	if (strncmp(base, "lib", 3) == 0)
		base += 3;
	memcpy(name, "sqlite3_", length);
	for (; *base && *base != '.' && length < ENTRY_MAX - sizeof("_init"); base++)
		if (isalpha((unsigned char)*base))
			name[length++] = (char)tolower((unsigned char)*base);
	memcpy(name + length, "_init", sizeof("_init"));
}

bool shadow_module_is_extension(const char *path)
{
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	char name[ENTRY_MAX];
	bool found;

	/* SQLite says better what is wrong with it, and tries other names. */
	if (!module)
		return true;
	entry_name(path, name);
	found = dlsym(module, "sqlite3_extension_init") || dlsym(module, name);
	dlclose(module);
	return found;
}

/* dlsym also looks into what the module was linked with: what this program has, too, is not the application's. */
static void *find(void *const *modules, uint32_t count, const char *name)
{
	void *self = dlopen(NULL, RTLD_NOW);
	void *ours = self ? dlsym(self, name) : NULL;
	void *found = NULL;

	for (uint32_t i = 0; i < count && !found; i++) {
		found = modules[i] ? dlsym(modules[i], name) : NULL;
		if (found == ours)
			found = NULL;
	}
	if (self)
		dlclose(self);
	return found;
}

static void resolve(void *const *modules, uint32_t count, struct section *section)
{
	void *found;

	if (!section->present || !section->settings.call)
		return;
	found = find(modules, count, section->settings.call);
	/* POSIX: a function's address fits, although C has no cast for it. */
	memcpy(&section->function, &found, sizeof(found));
}

static void resolve_all(struct shadow_run *run, void *const *modules, uint32_t count)
{
	struct set *set = run->set;

	for (uint32_t i = 0; i < set->count; i++) {
		resolve(modules, count, &set->migrations[i].up);
		resolve(modules, count, &set->migrations[i].down);
	}
	for (uint32_t i = 0; i < set->fix_count; i++) {
		resolve(modules, count, &set->scripts[i].base.up);
		resolve(modules, count, &set->scripts[i].base.down);
	}
}

static int report(struct shadow_run *run, const char *path, const char *message)
{
	diagnostic_path(run->diag, SEVERITY_ERROR, "shadow-extension", path, "%s", message);
	diagnostic_help(run->diag, "name a module built for this machine, with its path");
	return -1;
}

/* Has a module for SQLite an entry point, or a function that is called? */
static bool is_of_use(const struct image_calls *calls, const char *path, void *module)
{
	if (shadow_module_is_extension(path))
		return true;
	for (uint32_t i = 0; i < calls->count; i++)
		if (find(&module, 1, calls->sections[i]->settings.call))
			return true;
	return false;
}

static int open_module(struct shadow_run *run, const struct image_calls *calls, const char *path,
		       void **module)
{
	bool is_sqlite = run->set->database == DATABASE_SQLITE;
	const char *reason;

	*module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!*module && !is_sqlite) {
		reason = dlerror();
		return report(run, path, reason ? reason : "it cannot be opened");
	}
	if (*module && is_sqlite && !is_of_use(calls, path, *module))
		return report(run, path,
			      "it has neither an entry point for SQLite nor a function that the "
			      "migrations call");
	return 0;
}

int shadow_modules_open(struct shadow_run *run)
{
	const struct compile_options *options = run->options;
	const struct image_calls calls = image_calls(run->set, run->arena);
	uint32_t count = options->shadow_extension_count;
	void **modules = arena_alloc(run->arena, count, sizeof(*modules));
	int rc = 0;

	for (uint32_t i = 0; i < count; i++)
		if (shadow_module_is_path(options->shadow_extensions[i]))
			rc |= open_module(run, &calls, options->shadow_extensions[i], &modules[i]);
	if (rc == 0)
		resolve_all(run, modules, count);
	return rc;
}

bool shadow_call_runs(struct shadow_run *run, const struct section *section, const char *role)
{
	if (!section->settings.call || section->function)
		return true;
	diagnostic_at(run->diag, SEVERITY_NOTE, "unproven", section->source, section->offset, 0,
		      "the %s was not run: no module has the function %s", role,
		      section->settings.call);
	diagnostic_help(run->diag, "name one that has it: SHADOW_EXTENSIONS in CMake, or "
				   "--shadow-extension ./module.so");
	run->set->unproven = true;
	return false;
}
