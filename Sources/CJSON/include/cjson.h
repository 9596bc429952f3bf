// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// simdjson is C++ and Swift calls C here: one function that turns a JSON text into a flat tape of tokens.
// The tape keeps where each token stands in the text, so that numbers keep their digits and strings are
// decoded only when somebody reads them. simdjson finds the structure and checks UTF-8; the grammar of
// numbers, escapes and nesting is checked here, because its own parsers refuse integers over 64 bits.

#ifndef HOOKLINE_CJSON_H
#define HOOKLINE_CJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a tape entry is. The values are part of the tape's layout: JSONTape.swift mirrors them.
enum {
    CJSON_NULL = 0,
    CJSON_FALSE = 1,
    CJSON_TRUE = 2,
    CJSON_NUMBER = 3,
    CJSON_STRING = 4,
    CJSON_ESCAPED_STRING = 5,
    CJSON_ARRAY = 6,
    CJSON_OBJECT = 7
};

/// One value of the text. An object's members follow it as key, value, key, value.
typedef struct {
    /// Offset of the token's first byte; of a string, the byte after its opening quote.
    uint32_t start;
    /// Bytes of the token (of a string without its quotes), or elements of an array, or members of an object.
    uint32_t length;
    /// Index of the first entry that is not inside this value.
    uint32_t next;
    /// One of the kinds above.
    uint32_t kind;
} cjson_entry;

/// Why a text is no JSON. The values are mirrored by JSONError.Reason.
enum {
    CJSON_OK = 0,
    CJSON_EMPTY = 1,
    CJSON_UTF8 = 2,
    CJSON_CONTROL_CHARACTER = 3,
    CJSON_UNCLOSED_STRING = 4,
    CJSON_BAD_ESCAPE = 5,
    CJSON_BAD_NUMBER = 6,
    CJSON_UNEXPECTED = 7,
    CJSON_TRAILING = 8,
    CJSON_TOO_DEEP = 9,
    CJSON_UNEXPECTED_END = 10,
    CJSON_TOO_LONG = 11,
    CJSON_NO_MEMORY = 12
};

/// How many bytes after the text must be readable (their values do not matter).
size_t cjson_padding(void);

/// Parses `length` bytes at `text`, which has `cjson_padding()` readable bytes after it.
///
/// On success returns CJSON_OK and lends the tape until this thread's next call. Otherwise returns the reason
/// and sets `*error_offset` to the byte it was found at.
int cjson_parse(
    const uint8_t *text,
    size_t length,
    uint32_t max_depth,
    const cjson_entry **entries,
    size_t *entry_count,
    size_t *error_offset
);

#ifdef __cplusplus
}
#endif

#endif
