// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// A file layer over the system's own (https://www.sqlite.org/vfs.html). A write to the log that goes on where the last one
// ended, or lies within what is gathered, is kept in memory. It is written
// - before the log is synchronised, truncated, measured, asked anything or closed, and before what is gathered is read;
// - before the index of the log says that there is more in it (xShmBarrier), because others read the file itself;
// - when the room is used up.
// So the file has at each of these points what it would have without this layer. What is left when the lock on writing is
// given back belongs to a transaction that was rolled back: it is forgotten, because others write there from then on.

#include "cwriteahead.h"

#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

/// What is gathered at most; what is written at a time, of which the system's own layer takes less than 128 KiB; and the
/// place of the lock on writing among those of a log (https://www.sqlite.org/walformat.html#wal_locks).
enum { ROOM = 512 * 1024, PIECE = 64 * 1024, WRITE_LOCK = 0 };

typedef struct File File;

/// A database's file, or its log; the system's own (of version 3, as all of `unix` are) follows in the same memory.
struct File {
    sqlite3_file base;
    sqlite3_file *real;
    /// A database's file: its log while that is open. A log: its database's file.
    File *other;
    int is_log;
    /// What the last write at a barrier failed with, which has nobody to tell.
    int failure;
    unsigned char *gathered;
    sqlite3_int64 start;
    int count;
};

static sqlite3_vfs *system_layer;
static sqlite3_vfs layer;
static int registration = SQLITE_OK;

static int flush(File *file) {
    if (file->failure != SQLITE_OK) return file->failure;
    if (file->count == 0) return SQLITE_OK;
    int count = file->count, code = SQLITE_OK;
    file->count = 0;
    for (int done = 0; done < count && code == SQLITE_OK; done += PIECE) {
        int piece = count - done < PIECE ? count - done : PIECE;
        code = file->real->pMethods->xWrite(file->real, file->gathered + done, piece, file->start + done);
    }
    return code;
}

static int close_file(sqlite3_file *base) {
    File *file = (File *)base;
    int code = flush(file);
    if (file->other) file->other->other = 0;
    sqlite3_free(file->gathered);
    int closed = file->real->pMethods->xClose(file->real);
    return code != SQLITE_OK ? code : closed;
}

static int read_file(sqlite3_file *base, void *to, int count, sqlite3_int64 offset) {
    File *file = (File *)base;
    if (file->count > 0 && offset < file->start + file->count && offset + count > file->start) {
        int code = flush(file);
        if (code != SQLITE_OK) return code;
    }
    return file->real->pMethods->xRead(file->real, to, count, offset);
}

static int write_file(sqlite3_file *base, const void *from, int count, sqlite3_int64 offset) {
    File *file = (File *)base;
    if (!file->is_log || count > ROOM) {
        int code = flush(file);
        return code != SQLITE_OK ? code : file->real->pMethods->xWrite(file->real, from, count, offset);
    }
    if (file->failure != SQLITE_OK) return file->failure;
    if (!file->gathered && !(file->gathered = sqlite3_malloc(ROOM))) return SQLITE_NOMEM;
    sqlite3_int64 place = offset - file->start;
    if (file->count > 0 && (place < 0 || place > file->count || place + count > ROOM)) {
        int code = flush(file);
        if (code != SQLITE_OK) return code;
    }
    if (file->count == 0) {
        file->start = offset;
        place = 0;
    }
    memcpy(file->gathered + place, from, count);
    if (place + count > file->count) file->count = (int)place + count;
    return SQLITE_OK;
}

static int truncate_file(sqlite3_file *base, sqlite3_int64 size) {
    File *file = (File *)base;
    int code = flush(file);
    return code != SQLITE_OK ? code : file->real->pMethods->xTruncate(file->real, size);
}

static int sync_file(sqlite3_file *base, int flags) {
    File *file = (File *)base;
    int code = flush(file);
    return code != SQLITE_OK ? code : file->real->pMethods->xSync(file->real, flags);
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    File *file = (File *)base;
    int code = flush(file);
    return code != SQLITE_OK ? code : file->real->pMethods->xFileSize(file->real, size);
}

static int control(sqlite3_file *base, int operation, void *argument) {
    File *file = (File *)base;
    int code = flush(file);
    return code != SQLITE_OK ? code : file->real->pMethods->xFileControl(file->real, operation, argument);
}

static void shm_barrier(sqlite3_file *base) {
    File *file = (File *)base;
    File *log = file->other;
    if (log && log->count > 0) log->failure = flush(log);
    file->real->pMethods->xShmBarrier(file->real);
}

static int shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    File *file = (File *)base;
    int gives_back = (flags & SQLITE_SHM_UNLOCK) && (flags & SQLITE_SHM_EXCLUSIVE) && offset == WRITE_LOCK;
    if (gives_back && file->other) file->other->count = 0;
    return file->real->pMethods->xShmLock(file->real, offset, count, flags);
}

// What follows is the system's own.

#define REAL(base) (((File *)(base))->real)

static int lock_file(sqlite3_file *base, int level) { return REAL(base)->pMethods->xLock(REAL(base), level); }

static int unlock_file(sqlite3_file *base, int level) { return REAL(base)->pMethods->xUnlock(REAL(base), level); }

static int check_lock(sqlite3_file *base, int *result) {
    return REAL(base)->pMethods->xCheckReservedLock(REAL(base), result);
}

static int sector_size(sqlite3_file *base) { return REAL(base)->pMethods->xSectorSize(REAL(base)); }

static int characteristics(sqlite3_file *base) { return REAL(base)->pMethods->xDeviceCharacteristics(REAL(base)); }

static int shm_map(sqlite3_file *base, int region, int size, int extends, void volatile **result) {
    return REAL(base)->pMethods->xShmMap(REAL(base), region, size, extends, result);
}

static int shm_unmap(sqlite3_file *base, int deletes) {
    return REAL(base)->pMethods->xShmUnmap(REAL(base), deletes);
}

static int fetch(sqlite3_file *base, sqlite3_int64 offset, int count, void **result) {
    return REAL(base)->pMethods->xFetch(REAL(base), offset, count, result);
}

static int unfetch(sqlite3_file *base, sqlite3_int64 offset, void *fetched) {
    return REAL(base)->pMethods->xUnfetch(REAL(base), offset, fetched);
}

static const sqlite3_io_methods methods = {
    .iVersion = 3,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
    .xFetch = fetch,
    .xUnfetch = unfetch,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *granted) {
    (void)vfs;
    if (!name || !(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))) {
        return system_layer->xOpen(system_layer, name, base, flags, granted);
    }
    File *file = (File *)base;
    memset(file, 0, sizeof *file);
    file->real = (sqlite3_file *)(file + 1);
    file->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    int code = system_layer->xOpen(system_layer, name, file->real, flags, granted);
    if (code != SQLITE_OK) {
        if (file->real->pMethods) file->real->pMethods->xClose(file->real);
        return code;
    }
    file->base.pMethods = &methods;
    if (file->is_log) {
        file->other = (File *)sqlite3_database_file_object(name);
        file->other->other = file;
    }
    return SQLITE_OK;
}

static void make_layer(void) {
    // Only before SQLite begins; later it refuses, and goes on counting.
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    registration = sqlite3_initialize();
    if (registration != SQLITE_OK) return;
    system_layer = sqlite3_vfs_find("unix");
    registration = system_layer ? SQLITE_OK : SQLITE_ERROR;
    if (registration != SQLITE_OK) return;
    layer = *system_layer;
    layer.zName = "hookline";
    layer.pNext = 0;
    layer.szOsFile = (int)sizeof(File) + system_layer->szOsFile;
    layer.xOpen = open_file;
    registration = sqlite3_vfs_register(&layer, 1);
}

int cwriteahead_register(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_layer);
    return registration;
}

int cwriteahead_sync(sqlite3 *database) {
    sqlite3_file *file = 0;
    int code = sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code != SQLITE_OK) return code;
    return file && file->pMethods ? file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) : SQLITE_ERROR;
}
