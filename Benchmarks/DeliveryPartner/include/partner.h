// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// What the delivery is measured against: a partner of one thread, and the least that libcurl's multi interface does.

#ifndef HOOKLINE_BENCHMARK_PARTNER_H
#define HOOKLINE_BENCHMARK_PARTNER_H

#include <stddef.h>

// Starts a partner on a free port of this machine; it answers every request with the API's 201, but none whose path
// begins with /hang. Gives the port, or -1.
int partner_start(void);

// The processor time of the partner's thread, in seconds.
double partner_processor_seconds(void);

struct floor_result {
    double seconds;
    long failed;
};

// POSTs the same body again and again, as many at a time as told, with the options of curl's own examples.
struct floor_result floor_run(const char *url, int parallel, long total, const char *body, size_t length);

#endif
