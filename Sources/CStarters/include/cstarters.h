// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

#ifndef CSTARTERS_H
#define CSTARTERS_H

#include <stddef.h>
#include <stdint.h>

/// One of the rule files and samples that Hookline comes with.
typedef struct {
    /// Its path below the repository, such as rules/razorpay.yaml.
    const char *path;
    const uint8_t *bytes;
    size_t length;
} cstarters_file;

/// All of them, in the order of their paths.
const cstarters_file *cstarters_list(void);
/// How many there are.
size_t cstarters_count(void);

#endif
