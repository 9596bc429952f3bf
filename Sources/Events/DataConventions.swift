// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// How the writer of a payload writes what JSON has no type for: amounts, empty fields, times.
///
/// The same digits mean different things from different senders. What is set here belongs to the sender and is true of
/// all its payloads; what differs between two fields of one sender is told apart by the field's name.
public struct DataConventions: Hashable, Sendable {
    /// Who writes so, as a reason says it, such as `Odoo`.
    public var writer: String
    /// How many decimal places an amount in minor units has, by currency in capitals, where it is not what ISO 4217
    /// says.
    public var minorUnitPlaces: [String: Int]
    /// Whether `false` is written for a field without a value.
    public var falseIsMissing: Bool
    /// The zone of every time that is written without one, such as `UTC`; `nil` where that differs or nobody knows.
    public var timeZone: String?
    /// How the names of fields end whose times are UTC without saying so, such as `_gmt`.
    public var utcEndings: [String]

    /// Nothing is special: ISO 4217, `false` is false, times without a zone are in the reader's.
    public static let standard = DataConventions()

    /// Conventions.
    ///
    /// - Parameters:
    ///   - writer: Who writes so.
    ///   - minorUnitPlaces: Places of minor units that differ from ISO 4217.
    ///   - falseIsMissing: Whether `false` is written for an empty field.
    ///   - timeZone: The zone of times without one.
    ///   - utcEndings: How the names of fields end whose times are UTC.
    public init(
        writer: String = "",
        minorUnitPlaces: [String: Int] = [:],
        falseIsMissing: Bool = false,
        timeZone: String? = nil,
        utcEndings: [String] = []
    ) {
        self.writer = writer
        self.minorUnitPlaces = minorUnitPlaces
        self.falseIsMissing = falseIsMissing
        self.timeZone = timeZone
        self.utcEndings = utcEndings
    }

    /// Whether a field's times are UTC without saying so.
    ///
    /// - Parameter field: The field's own name, without the path to it.
    /// - Returns: Whether it has one of ``utcEndings``.
    public func isUTC(_ field: String) -> Bool {
        utcEndings.contains { field.hasSuffix($0) }
    }
}
