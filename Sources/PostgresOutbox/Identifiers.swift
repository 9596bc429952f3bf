// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

// Ids of ours are 128 bits that sort by time, and are kept as such; what people see is made of them.

extension PostgresUUID {
    /// The bits of an event's id; `nil` for a text that we did not make.
    init?(_ id: EventID) {
        self.init(id.rawValue, "evt_")
    }

    /// The bits of a message's id; `nil` for a text that we did not make.
    init?(_ id: MessageID) {
        self.init(id.rawValue, "msg_")
    }

    private init?(_ text: String, _ prefix: String) {
        guard text.hasPrefix(prefix), let bits = SortableID.bits(text.dropFirst(prefix.count)) else { return nil }
        self.init(high: bits.high, low: bits.low)
    }

    /// The bits of an id that is about to be stored.
    static func needed(_ uuid: PostgresUUID?) throws(StoreError) -> PostgresUUID {
        guard let uuid else { throw StoreError(.failed, "an id is none of ours, and cannot be stored") }
        return uuid
    }

    /// One that nobody has, which sorts by nothing.
    static func random() -> PostgresUUID {
        PostgresUUID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }

    var eventID: EventID { EventID(rawValue: SortableID.text("evt_", high: high, low: low)) }

    var messageID: MessageID { MessageID(rawValue: SortableID.text("msg_", high: high, low: low)) }
}

/// A key of strangers' as it stands in an index: itself where it is short, else its fingerprint, which is longer than any of
/// those.
func indexed(_ key: String) -> [UInt8] {
    CopiedTable.indexed(key)
}

extension StoreError {
    /// What a caller is told of a failure.
    init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as PostgresError: self.init(error.code, error.description)
        default: self.init(.failed, "the database could not be used")
        }
    }
}

extension PostgresError {
    fileprivate var code: StoreError.Code {
        switch kind {
        case .address: .cannotOpen
        case .late: .busy
        case .refused where sqlState?.isFull == true: .full
        case .refused where sqlState?.isContention == true: .busy
        case .unreadable: .corrupt
        case .unreachable, .refused, .lost, .doubtful: .failed
        }
    }
}
