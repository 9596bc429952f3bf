// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

#include "cjson.h"

#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include <simdjson.h>

/// The steps of the walk are one loop to the machine: calls would cost more than what they do.
#define CJSON_INLINE inline __attribute__((always_inline))

namespace {

using simdjson::internal::dom_parser_implementation;

/// What a thread keeps between calls: simdjson's buffers, the tape and the stack of open containers.
struct Workspace {
    std::unique_ptr<dom_parser_implementation> scanner;
    std::unique_ptr<cjson_entry[]> tape;
    size_t tape_capacity = 0;
    std::vector<uint32_t> open;
};

thread_local Workspace workspace;

bool is_space(uint8_t c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
bool is_hex(uint8_t c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// The first byte that is not part of well-formed UTF-8 (RFC 3629), or `length`.
size_t first_bad_utf8(const uint8_t *text, size_t length) {
    size_t i = 0;
    while (i < length) {
        uint8_t c = text[i];
        size_t extra = 0;
        uint8_t low = 0x80, high = 0xBF;
        if (c < 0x80) { i++; continue; }
        if (c >= 0xC2 && c <= 0xDF) extra = 1;
        else if (c >= 0xE0 && c <= 0xEF) {
            extra = 2;
            if (c == 0xE0) low = 0xA0;
            if (c == 0xED) high = 0x9F;
        } else if (c >= 0xF0 && c <= 0xF4) {
            extra = 3;
            if (c == 0xF0) low = 0x90;
            if (c == 0xF4) high = 0x8F;
        } else return i;
        for (size_t k = 1; k <= extra; k++) {
            if (i + k >= length || text[i + k] < low || text[i + k] > high) return i;
            low = 0x80;
            high = 0xBF;
        }
        i += extra + 1;
    }
    return length;
}

/// Finds where simdjson's scan failed, which it does not say: the slow way, on the error path alone.
int locate(const uint8_t *text, size_t length, int reason, size_t *offset) {
    if (reason == CJSON_UTF8) { *offset = first_bad_utf8(text, length); return reason; }
    bool in_string = false;
    size_t opened = 0;
    for (size_t i = 0; i < length; i++) {
        uint8_t c = text[i];
        if (!in_string) {
            if (c == '"') { in_string = true; opened = i; }
        } else if (c == '\\') i++;
        else if (c == '"') in_string = false;
        else if (c < 0x20) { *offset = i; return CJSON_CONTROL_CHARACTER; }
    }
    *offset = opened;
    return in_string ? CJSON_UNCLOSED_STRING : reason;
}

/// The offset after the number at `at`, or `at` when there is none (RFC 8259, section 6).
size_t number_end(const uint8_t *text, size_t at, size_t length) {
    size_t i = at;
    if (i < length && text[i] == '-') i++;
    if (i >= length || !is_digit(text[i])) return at;
    if (text[i] == '0') i++;
    else while (i < length && is_digit(text[i])) i++;
    if (i < length && text[i] == '.') {
        i++;
        if (i >= length || !is_digit(text[i])) return at;
        while (i < length && is_digit(text[i])) i++;
    }
    if (i < length && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        if (i < length && (text[i] == '+' || text[i] == '-')) i++;
        if (i >= length || !is_digit(text[i])) return at;
        while (i < length && is_digit(text[i])) i++;
    }
    return i;
}

/// The offset of the first escape that RFC 8259 does not have, or `end`.
size_t first_bad_escape(const uint8_t *text, size_t at, size_t end) {
    for (size_t i = at; i < end; i++) {
        if (text[i] != '\\') continue;
        if (i + 1 >= end) return i;
        switch (text[i + 1]) {
        case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
            i++;
            break;
        case 'u':
            if (i + 5 >= end) return i;
            for (size_t k = 2; k <= 5; k++) if (!is_hex(text[i + k])) return i;
            i += 5;
            break;
        default:
            return i;
        }
    }
    return end;
}

/// Walks the token starts that simdjson found, checks the grammar and writes the tape.
///
/// The tape has room for one entry a token, and the token starts end with the text's length, so neither is
/// checked for its end on the way.
class TapeWriter {
public:
    TapeWriter(const uint8_t *text, size_t length, uint32_t max_depth, Workspace &workspace)
        : text(text), length(length), max_depth(max_depth), starts(workspace.scanner->structural_indexes.get()),
          start_count(workspace.scanner->n_structural_indexes), tape(workspace.tape.get()), open(workspace.open),
          backslash(find_backslash(0)) {
        open.clear();
    }

    int run(size_t *error_offset) {
        int result = value();
        while (result == CJSON_OK && !open.empty()) result = step();
        if (result == CJSON_OK && at < start_count) { error = starts[at]; result = CJSON_TRAILING; }
        *error_offset = error;
        return result;
    }

    size_t entry_count() const { return size; }

private:
    const uint8_t *text;
    size_t length;
    uint32_t max_depth;
    const uint32_t *starts;
    size_t start_count;
    cjson_entry *tape;
    size_t size = 0;
    std::vector<uint32_t> &open;
    size_t at = 0;
    size_t error = 0;
    /// The first backslash that is not before the string last read; most texts have none at all.
    size_t backslash;

    int fail(int reason, size_t offset) { error = offset; return reason; }

    size_t find_backslash(size_t from) const {
        const void *found = memchr(text + from, '\\', length - from);
        return found ? static_cast<const uint8_t *>(found) - text : length;
    }

    /// Where the token at `at` ends, its trailing spaces left out.
    CJSON_INLINE size_t token_end() const {
        size_t end = starts[at + 1];
        while (end > starts[at] && is_space(text[end - 1])) end--;
        return end;
    }

    CJSON_INLINE void push(uint32_t kind, size_t start, size_t bytes) {
        cjson_entry &entry = tape[size++];
        entry = {static_cast<uint32_t>(start), static_cast<uint32_t>(bytes), static_cast<uint32_t>(size), kind};
    }

    /// Reads the innermost open container until another one opens or this one closes.
    CJSON_INLINE int step() {
        cjson_entry &container = tape[open.back()];
        const bool is_object = container.kind == CJSON_OBJECT;
        const uint8_t closing = is_object ? '}' : ']';
        const size_t depth = open.size();
        while (at < start_count) {
            uint8_t c = text[starts[at]];
            if (c == closing) {
                container.next = static_cast<uint32_t>(size);
                open.pop_back();
                at++;
                return CJSON_OK;
            }
            if (container.length > 0) {
                if (c != ',') return fail(CJSON_UNEXPECTED, starts[at]);
                if (++at >= start_count) break;
            }
            container.length++;
            if (is_object) {
                if (int result = key()) return result;
            }
            if (int result = value()) return result;
            if (open.size() != depth) return CJSON_OK;
        }
        return fail(CJSON_UNEXPECTED_END, length);
    }

    CJSON_INLINE int key() {
        if (text[starts[at]] != '"') return fail(CJSON_UNEXPECTED, starts[at]);
        if (int result = string()) return result;
        if (at >= start_count) return fail(CJSON_UNEXPECTED_END, length);
        if (text[starts[at]] != ':') return fail(CJSON_UNEXPECTED, starts[at]);
        at++;
        return CJSON_OK;
    }

    CJSON_INLINE int value() {
        if (at >= start_count) return fail(CJSON_UNEXPECTED_END, length);
        size_t start = starts[at];
        switch (text[start]) {
        case '"': return string();
        case '{': return container(CJSON_OBJECT, start);
        case '[': return container(CJSON_ARRAY, start);
        case 't': return literal("true", 4, CJSON_TRUE, start);
        case 'f': return literal("false", 5, CJSON_FALSE, start);
        case 'n': return literal("null", 4, CJSON_NULL, start);
        default: return number(start);
        }
    }

    int container(uint32_t kind, size_t start) {
        if (open.size() >= max_depth) return fail(CJSON_TOO_DEEP, start);
        open.push_back(static_cast<uint32_t>(size));
        push(kind, start, 0);
        at++;
        return CJSON_OK;
    }

    int literal(const char *word, size_t bytes, uint32_t kind, size_t start) {
        if (token_end() - start != bytes || memcmp(text + start, word, bytes) != 0) return fail(CJSON_UNEXPECTED, start);
        push(kind, start, bytes);
        at++;
        return CJSON_OK;
    }

    int number(size_t start) {
        uint8_t c = text[start];
        if (c != '-' && !is_digit(c)) return fail(CJSON_UNEXPECTED, start);
        size_t end = number_end(text, start, length);
        if (end == start || end != token_end()) return fail(CJSON_BAD_NUMBER, start);
        push(CJSON_NUMBER, start, end - start);
        at++;
        return CJSON_OK;
    }

    CJSON_INLINE int string() {
        size_t start = starts[at] + 1;
        size_t end = starts[at + 1];
        if (text[end - 1] != '"') end = token_end();
        if (end <= start || text[end - 1] != '"') return fail(CJSON_UNEXPECTED, starts[at]);
        end--;
        uint32_t kind = CJSON_STRING;
        if (backslash < start) backslash = find_backslash(start);
        if (backslash < end) {
            size_t bad = first_bad_escape(text, backslash, end);
            if (bad != end) return fail(CJSON_BAD_ESCAPE, bad);
            kind = CJSON_ESCAPED_STRING;
        }
        push(kind, start, end - start);
        at++;
        return CJSON_OK;
    }
};

/// Makes room for one entry a token, and ends the token starts with the text's length.
void prepare(Workspace &workspace, size_t length) {
    size_t tokens = workspace.scanner->n_structural_indexes;
    workspace.scanner->structural_indexes[tokens] = static_cast<uint32_t>(length);
    if (workspace.tape_capacity >= tokens) return;
    size_t capacity = 1024;
    while (capacity < tokens) capacity *= 2;
    workspace.tape_capacity = 0;
    workspace.tape.reset(new cjson_entry[capacity]);
    workspace.tape_capacity = capacity;
}

/// Makes the thread's scanner large enough; grows in powers of two so that it seldom has to.
bool reserve(Workspace &workspace, size_t length) {
    if (workspace.scanner && workspace.scanner->capacity() >= length) return true;
    size_t capacity = 4096;
    while (capacity < length) capacity *= 2;
    if (workspace.scanner) return workspace.scanner->allocate(capacity, 1) == simdjson::SUCCESS;
    auto &implementation = simdjson::get_active_implementation();
    return implementation->create_dom_parser_implementation(capacity, 1, workspace.scanner) == simdjson::SUCCESS;
}

/// A body far larger than usual must not pin its buffers to the thread for ever.
void release_if_large(Workspace &workspace) {
    constexpr size_t kept = 4 << 20;
    if (workspace.scanner && workspace.scanner->capacity() > kept) workspace.scanner.reset();
    if (workspace.tape_capacity > kept / sizeof(cjson_entry)) {
        workspace.tape.reset();
        workspace.tape_capacity = 0;
    }
}

}  // namespace

size_t cjson_padding(void) { return simdjson::SIMDJSON_PADDING; }

int cjson_parse(
    const uint8_t *text,
    size_t length,
    uint32_t max_depth,
    const cjson_entry **entries,
    size_t *entry_count,
    size_t *error_offset
) {
    *error_offset = 0;
    if (length == 0) return CJSON_EMPTY;
    if (length > UINT32_MAX / 2) return CJSON_TOO_LONG;
    try {
        release_if_large(workspace);
        if (!reserve(workspace, length)) return CJSON_NO_MEMORY;
        switch (workspace.scanner->stage1(text, length, simdjson::stage1_mode::regular)) {
        case simdjson::SUCCESS: break;
        case simdjson::EMPTY: *error_offset = length; return CJSON_EMPTY;
        case simdjson::UTF8_ERROR: return locate(text, length, CJSON_UTF8, error_offset);
        case simdjson::UNESCAPED_CHARS: return locate(text, length, CJSON_CONTROL_CHARACTER, error_offset);
        case simdjson::UNCLOSED_STRING: return locate(text, length, CJSON_UNCLOSED_STRING, error_offset);
        case simdjson::CAPACITY: return CJSON_TOO_LONG;
        case simdjson::MEMALLOC: return CJSON_NO_MEMORY;
        default: return locate(text, length, CJSON_UNEXPECTED, error_offset);
        }
        prepare(workspace, length);
        TapeWriter writer(text, length, max_depth, workspace);
        int result = writer.run(error_offset);
        *entries = workspace.tape.get();
        *entry_count = writer.entry_count();
        return result;
    } catch (const std::bad_alloc &) {
        return CJSON_NO_MEMORY;
    }
}
