// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// libphonenumber is C++ and Swift calls C here: one function that parses a number and reports everything that
// libphonenumber knows about it. What to accept is decided in Swift.

#ifndef HOOKLINE_CPHONENUMBER_H
#define HOOKLINE_CPHONENUMBER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How parsing ended: PhoneNumberUtil::ErrorType, and two of our own.
enum {
    CPHONE_OK = 0,
    CPHONE_INVALID_COUNTRY_CODE = 1,
    CPHONE_NOT_A_NUMBER = 2,
    CPHONE_TOO_SHORT_AFTER_IDD = 3,
    CPHONE_TOO_SHORT = 4,
    CPHONE_TOO_LONG = 5,
    CPHONE_FAILED = 6
};

/// Whether the length can be right: PhoneNumberUtil::ValidationResult.
enum {
    CPHONE_POSSIBLE = 0,
    CPHONE_POSSIBLE_LOCALLY = 1,
    CPHONE_LENGTH_UNKNOWN_COUNTRY = 2,
    CPHONE_LENGTH_TOO_SHORT = 3,
    CPHONE_LENGTH_INVALID = 4,
    CPHONE_LENGTH_TOO_LONG = 5
};

/// Who answers: PhoneNumberUtil::PhoneNumberType.
enum {
    CPHONE_FIXED_LINE = 0,
    CPHONE_MOBILE = 1,
    CPHONE_FIXED_LINE_OR_MOBILE = 2,
    CPHONE_TOLL_FREE = 3,
    CPHONE_PREMIUM_RATE = 4,
    CPHONE_SHARED_COST = 5,
    CPHONE_VOIP = 6,
    CPHONE_PERSONAL_NUMBER = 7,
    CPHONE_PAGER = 8,
    CPHONE_UAN = 9,
    CPHONE_VOICEMAIL = 10,
    CPHONE_UNKNOWN = 11
};

/// What is known about a number.
typedef struct {
    /// One of CPHONE_POSSIBLE and following.
    int32_t length;
    /// One of CPHONE_FIXED_LINE and following; CPHONE_UNKNOWN when the number is not valid.
    int32_t type;
    /// Whether the number is assigned in its country's numbering plan.
    int32_t is_valid;
    /// Whether it is no valid number but a short code, such as that of an emergency service, where it was dialled.
    int32_t is_short_code;
    /// Whether an extension stood behind it.
    int32_t has_extension;
    /// Whether the text began with an exit code of the country that it was read in, such as 0011 in Australia.
    int32_t has_exit_code;
    /// Digits of E.164 without plus; at most 17, then a zero byte.
    char digits[24];
    /// The same without the country's calling code.
    char national[24];
    /// ISO 3166 code of the number's country, or "001" for numbers of no country; empty when unknown.
    char region[8];
} cphone_number;

/// The file of numbering plans that was built in, and its length.
const uint8_t *cphone_built_in_plans(size_t *length);

/// Makes a file's plans the ones that everything else here reads, from now until the process ends.
///
/// `file` is copied: a header, the plans of whole numbers, those of short codes, both in libphonenumber's own form.
/// Returns 1, or 0 when plans are in use already (or memory is short); those stay then. May be called from any
/// thread. Without plans in use, no country and no number is known.
int32_t cphone_use_plans(const uint8_t *file, size_t header, size_t whole, size_t short_codes);

/// The file whose plans are in use, which stays where it is; null and 0 before there are any.
const uint8_t *cphone_plans_in_use(size_t *length);

/// The calling code of a country by its ISO 3166 code in upper case, such as 91 for "IN"; 0 when there is none.
int32_t cphone_calling_code(const char *region);

/// Finds the country whose calling code digits begin with: its ISO 3166 code, or "001" for codes of no country.
///
/// Of the countries that share a calling code it is the largest. Leaves `region` empty where there is none.
void cphone_region_of(const char *digits, char region[8]);

/// Parses a zero-terminated UTF-8 text.
///
/// `region` is an ISO 3166 code in upper case, or "ZZ" where the text must begin with a plus. Fills `*number` and
/// returns CPHONE_OK, or returns the reason and leaves `*number` zeroed. May be called from any thread.
int32_t cphone_parse(const char *text, const char *region, cphone_number *number);

#ifdef __cplusplus
}
#endif

#endif
