// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

/// The values that ``FilterProbe`` tries filters with.
enum ProbeValues {
    /// What some filter of any program takes as an argument.
    private static let arguments: [LiquidValue] = ["1", 1, "INR", "en_IN", "UTC", "IN", "%Y", ["1"]]

    /// Inputs of every kind, and those that the arguments themselves speak of.
    ///
    /// - Parameters:
    ///   - constants: The arguments that are written down.
    ///   - write: Writes a point in time in a format, as `date` does.
    /// - Returns: Numbers, texts, times, phone numbers, lists and objects.
    static func inputs(for constants: [LiquidValue], _ write: (LiquidValue, String) -> LiquidValue?) -> [LiquidValue] {
        let texts = constants.compactMap(\.asString)
        let object = record(texts)
        // A phone number stands here in national and in international form.
        let plain: [LiquidValue] = [1, "1", "1499.00", instant, "98450 61237", "+919845061237", "a", true, ["a", "b"]]
        // A filter may want to find its argument in the input, or a time that is written as the argument says.
        let spoken = texts.flatMap { [.string($0), $0.contains("%") ? write(instant, $0) ?? "" : ""] }
        return plain + [.array([object]), object] + spoken
    }

    private static let instant: LiquidValue = "2026-01-15T10:00:00Z"

    /// Every way of filling the open places.
    static func filled(_ values: [LiquidValue?]) -> [[LiquidValue]] {
        values.reduce([[]]) { rows, value in
            let choices = value.map { [$0] } ?? arguments
            return rows.flatMap { row in choices.map { row + [$0] } }
        }
    }

    /// The same for arguments with a name.
    static func filled(_ values: [String: LiquidValue?]) -> [[String: LiquidValue]] {
        let names = values.keys.sorted()
        return filled(names.map { values[$0] ?? nil }).map { Dictionary(zip(names, $0)) { $1 } }
    }

    /// An object with the members that the texts name, also inside others (`a.b`) and in braces (`{title}`).
    private static func record(_ texts: [String]) -> LiquidValue {
        var members = LiquidValue.object([:])
        for text in texts {
            let inner = text.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
            for path in [text] + inner {
                members = adding(path.split(separator: ".").map { String($0).trimmed }[...], to: members)
            }
        }
        return members
    }

    private static func adding(_ path: ArraySlice<String>, to value: LiquidValue) -> LiquidValue {
        guard let name = path.first else { return value.asObject.map { $0.isEmpty ? "1" : value } ?? value }
        var members = value.asObject ?? [:]
        members[name] = adding(path.dropFirst(), to: members[name] ?? .object([:]))
        return .object(members)
    }
}
