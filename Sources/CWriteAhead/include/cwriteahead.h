// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// SQLite writes its log in many small pieces: 24 bytes and a page, for each page of a commit. Here they are gathered, and
// reach the system in one piece, before SQLite synchronises the file: what is on disk and when is as without it.

#ifndef CWRITEAHEAD_H
#define CWRITEAHEAD_H

/// Makes the gathering file layer the one that databases of this process are opened with, unless they name another.
///
/// Files that are no write-ahead log, and what else a file layer does, are left to the system's own. When it is the first
/// that is asked of SQLite in this process, SQLite does not count the memory that it takes, which nobody reads and every
/// allocation pays for. May be called more than once, from any thread.
///
/// @return 0, or SQLite's error code; files are written piece by piece then, as ever.
int cwriteahead_register(void);

struct sqlite3;

/// Has on disk what was written to a database's file; its log is left alone.
///
/// For whoever copied a part of the log: SQLite synchronises the file only after the whole of it.
///
/// @param database A connection, which nobody else uses meanwhile.
/// @return 0, or SQLite's error code.
int cwriteahead_sync(struct sqlite3 *database);

#endif
