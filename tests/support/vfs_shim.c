/*
 * A VFS over the default one that fails or kills at a chosen call.
 */
#include "vfs_shim.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

struct shim_file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
};

static struct {
	sqlite3_vfs vfs;
	sqlite3_vfs *real;
	enum shim_action action;
	long at;
	long calls;
} shim;

/* What a call does to the disk. */
enum effect {
	LOOKS,
	WRITES,	 /* needs space */
	CHANGES, /* needs none */
};

void shim_arm(enum shim_action action, long at)
{
	shim.action = action;
	shim.at = at;
	shim.calls = 0;
}

long shim_calls(void)
{
	return shim.calls;
}

/* SQLITE_OK: do it; else the code to fail with. */
static int pass(enum effect effect, int failure)
{
	if (shim.action == SHIM_FULL && effect != WRITES)
		return SQLITE_OK;
	if (shim.action == SHIM_KILL && effect == LOOKS)
		return SQLITE_OK;
	shim.calls++;
	if (shim.action == SHIM_FAIL && shim.calls == shim.at)
		return failure;
	if (shim.action == SHIM_FULL && shim.calls >= shim.at)
		return SQLITE_FULL;
	if (shim.action == SHIM_KILL && shim.calls == shim.at)
		raise(SIGKILL);
	return SQLITE_OK;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct shim_file *)file)->real;
}

static int shim_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int shim_read(sqlite3_file *file, void *bytes, int amount, sqlite3_int64 offset)
{
	int rc = pass(LOOKS, SQLITE_IOERR_READ);

	return rc ? rc : real_of(file)->pMethods->xRead(real_of(file), bytes, amount, offset);
}

static int shim_write(sqlite3_file *file, const void *bytes, int amount, sqlite3_int64 offset)
{
	int rc = pass(WRITES, SQLITE_IOERR_WRITE);

	return rc ? rc : real_of(file)->pMethods->xWrite(real_of(file), bytes, amount, offset);
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int rc = pass(CHANGES, SQLITE_IOERR_TRUNCATE);

	return rc ? rc : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int shim_sync(sqlite3_file *file, int flags)
{
	int rc = pass(CHANGES, SQLITE_IOERR_FSYNC);

	return rc ? rc : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int shim_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	int rc = pass(LOOKS, SQLITE_IOERR_FSTAT);

	return rc ? rc : real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int shim_lock(sqlite3_file *file, int level)
{
	int rc = pass(LOOKS, SQLITE_IOERR_LOCK);

	return rc ? rc : real_of(file)->pMethods->xLock(real_of(file), level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int shim_check_reserved(sqlite3_file *file, int *reserved)
{
	int rc = pass(LOOKS, SQLITE_IOERR_CHECKRESERVEDLOCK);

	return rc ? rc : real_of(file)->pMethods->xCheckReservedLock(real_of(file), reserved);
}

static int shim_control(sqlite3_file *file, int operation, void *argument)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int shim_sector_size(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int shim_characteristics(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int shim_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **memory)
{
	int rc = pass(LOOKS, SQLITE_IOERR_SHMMAP);

	return rc ? rc
		  : real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, memory);
}

static int shim_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	int rc = flags & SQLITE_SHM_LOCK ? pass(LOOKS, SQLITE_IOERR_SHMLOCK) : SQLITE_OK;

	return rc ? rc : real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void shim_shm_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int shim_shm_unmap(sqlite3_file *file, int delete)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), delete);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = shim_close,
	.xRead = shim_read,
	.xWrite = shim_write,
	.xTruncate = shim_truncate,
	.xSync = shim_sync,
	.xFileSize = shim_file_size,
	.xLock = shim_lock,
	.xUnlock = shim_unlock,
	.xCheckReservedLock = shim_check_reserved,
	.xFileControl = shim_control,
	.xSectorSize = shim_sector_size,
	.xDeviceCharacteristics = shim_characteristics,
	.xShmMap = shim_shm_map,
	.xShmLock = shim_shm_lock,
	.xShmBarrier = shim_shm_barrier,
	.xShmUnmap = shim_shm_unmap,
};

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
		     int *out_flags)
{
	struct shim_file *made = (struct shim_file *)file;
	int rc = pass(LOOKS, SQLITE_CANTOPEN);

	(void)vfs;
	made->base.pMethods = NULL;
	if (rc)
		return rc;
	made->real = (sqlite3_file *)(void *)(made + 1);
	rc = shim.real->xOpen(shim.real, name, made->real, flags, out_flags);
	if (made->real->pMethods)
		made->base.pMethods = &methods;
	return rc;
}

static int shim_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	int rc = pass(CHANGES, SQLITE_IOERR_DELETE);

	(void)vfs;
	return rc ? rc : shim.real->xDelete(shim.real, name, sync);
}

static int shim_access(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
	int rc = pass(LOOKS, SQLITE_IOERR_ACCESS);

	(void)vfs;
	return rc ? rc : shim.real->xAccess(shim.real, name, flags, result);
}

void shim_register(void)
{
	shim.real = sqlite3_vfs_find(NULL);
	/* The rest of the table gets the real VFS's data, which the default one does not use. */
	shim.vfs = *shim.real;
	shim.vfs.zName = "shim";
	shim.vfs.pNext = NULL;
	shim.vfs.szOsFile = shim.real->szOsFile + (int)sizeof(struct shim_file);
	shim.vfs.xOpen = shim_open;
	shim.vfs.xDelete = shim_delete;
	shim.vfs.xAccess = shim_access;
	sqlite3_vfs_register(&shim.vfs, 0);
}
