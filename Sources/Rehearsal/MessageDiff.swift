// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Compares the messages that a test expects with those that were made.
enum MessageDiff {
    /// The differences in readable form.
    ///
    /// - Parameters:
    ///   - expected: In order.
    ///   - made: In order.
    /// - Returns: Lines; none when both lists are equal.
    static func lines(expected: [MessageFields], made: [MessageFields]) -> [String] {
        var lines: [String] = []
        for position in 0..<max(expected.count, made.count) {
            switch (expected.indices.contains(position), made.indices.contains(position)) {
            case (true, true): lines += compare(expected[position], made[position], position)
            case (true, false): lines.append("message \(position + 1): expected \(expected[position].line), found none")
            default: lines.append("message \(position + 1): expected none, found \(made[position].line)")
            }
        }
        return lines
    }

    private static func compare(_ expected: MessageFields, _ made: MessageFields, _ position: Int) -> [String] {
        expected.differences(from: made).map { difference in
            """
            message \(position + 1): \(difference.field)
              expected \(difference.expected?.debugDescription ?? "nothing")
              found    \(difference.found?.debugDescription ?? "nothing")
            """
        }
    }
}
