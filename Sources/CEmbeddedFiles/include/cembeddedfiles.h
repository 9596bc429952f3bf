// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

#ifndef CEMBEDDEDFILES_H
#define CEMBEDDEDFILES_H

#include <stddef.h>
#include <stdint.h>

/// One of the files of this repository that are built into the program.
typedef struct {
    /// Its path in the repository, such as rules/razorpay.yaml.
    const char *path;
    const uint8_t *bytes;
    size_t length;
} cembeddedfiles_file;

/// All of them, in the order of their paths' bytes.
const cembeddedfiles_file *cembeddedfiles_list(void);
/// How many there are.
size_t cembeddedfiles_count(void);

#endif
