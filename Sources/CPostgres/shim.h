// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// libpq for Swift. Named by its folder, so that nobody needs pkg-config. Only what Swift does not import stands here:
// macros of characters.

#ifndef HOOKLINE_CPOSTGRES_SHIM_H
#define HOOKLINE_CPOSTGRES_SHIM_H

#include <postgresql/libpq-fe.h>

// Which field of a message of the server is read.
static inline const char *hookline_sqlstate(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

static inline const char *hookline_severity(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
}

static inline const char *hookline_primary_message(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}

static inline const char *hookline_constraint(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
}

#endif
