// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

#include "cphonenumber.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace {

struct Plans {
    const uint8_t *file;
    size_t header;
    size_t whole;
    size_t short_codes;
};

// Set once and never again, so what is read through it never moves.
std::atomic<const Plans *> in_use{nullptr};

const void *part(size_t (*offset)(const Plans &)) {
    const Plans *plans = in_use.load(std::memory_order_acquire);
    return plans == nullptr ? nullptr : plans->file + offset(*plans);
}

int size(size_t Plans::*length) {
    const Plans *plans = in_use.load(std::memory_order_acquire);
    return plans == nullptr ? 0 : static_cast<int>(plans->*length);
}

}  // namespace

// Debian's libphonenumber asks these functions for its plans through its procedure linkage table. A program's own
// definitions come first there, so the library reads our plans and not those of the day on which it was built.
namespace i18n {
namespace phonenumbers {

__attribute__((visibility("default"), used)) int metadata_size() { return size(&Plans::whole); }

__attribute__((visibility("default"), used)) const void *metadata_get() {
    return part([](const Plans &plans) { return plans.header; });
}

__attribute__((visibility("default"), used)) int short_metadata_size() { return size(&Plans::short_codes); }

__attribute__((visibility("default"), used)) const void *short_metadata_get() {
    return part([](const Plans &plans) { return plans.header + plans.whole; });
}

}  // namespace phonenumbers
}  // namespace i18n

int32_t cphone_use_plans(const uint8_t *file, size_t header, size_t whole, size_t short_codes) {
    const size_t limit = std::numeric_limits<int>::max();
    if (header > limit || whole > limit || short_codes > limit) return 0;
    const size_t length = header + whole + short_codes;
    auto *copy = static_cast<uint8_t *>(std::malloc(length == 0 ? 1 : length));
    auto *plans = static_cast<Plans *>(std::malloc(sizeof(Plans)));
    const Plans *nothing = nullptr;
    if (copy != nullptr && plans != nullptr) {
        std::memcpy(copy, file, length);
        *plans = {copy, header, whole, short_codes};
        // The first to come stays, whoever else is on the way: the library reads its plans once.
        if (in_use.compare_exchange_strong(nothing, plans, std::memory_order_acq_rel)) return 1;
    }
    std::free(copy);
    std::free(plans);
    return 0;
}

const uint8_t *cphone_plans_in_use(size_t *length) {
    const Plans *plans = in_use.load(std::memory_order_acquire);
    *length = plans == nullptr ? 0 : plans->header + plans->whole + plans->short_codes;
    return plans == nullptr ? nullptr : plans->file;
}
