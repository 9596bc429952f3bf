// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

#include "cphonenumber.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

// `make numbering-plans` renews the file; the compiler notices by itself.
static const uint8_t file[] = {
#embed "numbering-plans.bin"
};

const uint8_t *cphone_built_in_plans(size_t *length) {
    *length = sizeof file;
    return file;
}
