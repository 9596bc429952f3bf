// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Messages in a list, as several pages show them.
enum MessageRows {
    /// The rows of what the API answered.
    static func of(_ messages: [JSON]) -> Shown { .list(messages.map(row)) }

    static func row(_ message: JSON) -> Shown {
        Shown(message).with([
            "look": Look.ofMessage(message["state"]), "recipient": .optional(recipient(message["request"])),
            "waits": .flag(message["due_at"]?.string != nil),
        ])
    }

    /// Whom a message is for, as much of it as the API showed.
    static func recipient(_ request: JSON?) -> String? {
        if let phone = request?["phone"]?.string { return phone.hasPrefix("+") ? phone : "+\(phone)" }
        if let contact = request?["contactId"]?.string { return "contact \(contact)" }
        return request?["to"]?.string
    }
}
