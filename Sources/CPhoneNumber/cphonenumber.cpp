// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

#include "cphonenumber.h"

#include <cstring>
#include <string>

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

// The header mirrors these enumerations by value; a new libphonenumber that renumbers them must not compile.
static_assert(PhoneNumberUtil::TOO_LONG_NSN == CPHONE_TOO_LONG, "ErrorType");
static_assert(PhoneNumberUtil::TOO_LONG == CPHONE_LENGTH_TOO_LONG, "ValidationResult");
static_assert(PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY == CPHONE_POSSIBLE_LOCALLY, "ValidationResult");
static_assert(PhoneNumberUtil::VOIP == CPHONE_VOIP && PhoneNumberUtil::UNKNOWN == CPHONE_UNKNOWN, "PhoneNumberType");

namespace {

void copy(const std::string &text, char *target, std::size_t capacity) {
    std::size_t length = text.size() < capacity ? text.size() : capacity - 1;
    std::memcpy(target, text.data(), length);
    target[length] = '\0';
}

void describe(const PhoneNumberUtil &util, const PhoneNumber &parsed, const char *region, cphone_number *number) {
    number->length = util.IsPossibleNumberWithReason(parsed);
    number->type = util.GetNumberType(parsed);
    // IsValidNumber would match the numbering plan once more for the same answer.
    number->is_valid = number->type != PhoneNumberUtil::UNKNOWN;
    number->has_extension = parsed.has_extension() && !parsed.extension().empty();
    number->has_exit_code = parsed.country_code_source() == PhoneNumber::FROM_NUMBER_WITH_IDD;
    // Building the table of short codes once is cheaper than at every number.
    static const ShortNumberInfo short_numbers;
    number->is_short_code = !number->is_valid && short_numbers.IsValidShortNumberForRegion(parsed, region);

    std::string text;
    util.Format(parsed, PhoneNumberUtil::E164, &text);
    copy(text.substr(text.empty() || text[0] != '+' ? 0 : 1), number->digits, sizeof number->digits);
    // Appends, unlike its siblings.
    text.clear();
    util.GetNationalSignificantNumber(parsed, &text);
    copy(text, number->national, sizeof number->national);
    util.GetRegionCodeForNumber(parsed, &text);
    copy(text == "ZZ" ? "" : text, number->region, sizeof number->region);
}

/// The library reads its plans when it is first asked for, and would find none.
bool has_plans() {
    size_t length = 0;
    return cphone_plans_in_use(&length) != nullptr;
}

}  // namespace

int32_t cphone_calling_code(const char *region) {
    if (!has_plans()) return 0;
    try {
        return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region);
    } catch (...) {
        return 0;
    }
}

void cphone_region_of(const char *digits, char region[8]) {
    region[0] = '\0';
    if (!has_plans()) return;
    try {
        const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
        int code = 0;
        std::string found;
        for (int length = 0; length < 3 && digits[length] >= '0' && digits[length] <= '9'; ++length) {
            code = code * 10 + (digits[length] - '0');
            util.GetRegionCodeForCountryCode(code, &found);
            if (found != "ZZ") return copy(found, region, 8);
        }
    } catch (...) {
        region[0] = '\0';
    }
}

int32_t cphone_parse(const char *text, const char *region, cphone_number *number) {
    std::memset(number, 0, sizeof *number);
    if (!has_plans()) return CPHONE_FAILED;
    // No exception may cross into Swift; what can throw here is an allocation.
    try {
        const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
        PhoneNumber parsed;
        PhoneNumberUtil::ErrorType error = util.ParseAndKeepRawInput(text, region, &parsed);
        if (error != PhoneNumberUtil::NO_PARSING_ERROR) return error;
        describe(util, parsed, region, number);
        return CPHONE_OK;
    } catch (...) {
        std::memset(number, 0, sizeof *number);
        return CPHONE_FAILED;
    }
}
