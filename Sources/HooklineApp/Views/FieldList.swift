// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Names and values under each other, for a terminal; each value is one line, whatever is in it.
enum FieldList {
    typealias Field = (name: String, value: String)

    private static let width = 11

    /// Lays fields out.
    ///
    /// - Parameter fields: Names of at most ten letters, and values.
    /// - Returns: Lines that each end in a line break.
    static func render(_ fields: [Field]) -> String {
        fields.map { field in
            let gap = String(repeating: " ", count: max(1, width - field.name.count))
            return "\(field.name)\(gap)\(VisibleText.line(field.value))\n"
        }.joined()
    }
}
