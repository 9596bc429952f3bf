// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import PhoneNumbers

/// Somebody whom the ledger of consent is about, as people write them.
package enum ConsentSubject {
    /// Reads a phone number in any spelling; all that can be dialled has a right to be left alone.
    ///
    /// - Parameters:
    ///   - text: The number.
    ///   - country: Where numbers without country code are.
    /// - Returns: The ledger's name for it.
    /// - Throws: Why it is none; without its digits.
    package static func phone(_ text: String, country: String?) throws(PhoneNumberError) -> String {
        let number = try PhoneNumber(text, country: country, allowing: Set(NumberKind.allCases))
        return ConsentEntry.subject("phone:\(number.digits)")
    }

    /// A contact of the partner's workspace.
    package static func contact(_ id: String) -> String { "contact:\(id)" }
}

/// A list of consent as a file: what can be read of it, and what is wrong with the rest.
package struct ConsentFile: Sendable {
    /// The lines that can be read, in their order.
    package private(set) var entries: [ConsentEntry] = []
    /// What is wrong, in the order of the file.
    package private(set) var mistakes: [Mistake] = []

    /// What a file's columns are called; the first two are whom a line is about, and one of them has to be there.
    package enum Column: String, CaseIterable, Sendable {
        case phone, contact, state, category, account, at, origin, who, reason, event
    }

    /// Something that cannot be read, and where it stands.
    package struct Mistake: Hashable, Sendable, CustomStringConvertible {
        /// The line, from 1.
        package let line: Int
        /// The character in it, from 1.
        package let column: Int
        /// What is wrong; no phone number.
        package let reason: String

        package var description: String { "\(line):\(column): \(reason)" }
    }

    /// What a line says that does not say it itself.
    package struct Defaults: Sendable {
        /// Where numbers without country code are.
        package var country: String?
        /// The accounts of the configuration.
        package var accounts: [String]
        /// When it was said.
        package var at: Timestamp
        /// Who wrote it down.
        package var who: String

        package init(country: String?, accounts: [String], at: Timestamp, who: String) {
            self.country = country
            self.accounts = accounts
            self.at = at
            self.who = who
        }
    }

    /// Reads a table whose first line names its columns.
    ///
    /// - Parameters:
    ///   - bytes: The table, UTF-8.
    ///   - defaults: What its lines do not say themselves.
    package init(_ bytes: [UInt8], _ defaults: Defaults) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            mistakes = [Mistake(line: 1, column: 1, reason: "the file is not UTF-8")]
            return
        }
        do throws(CSVRows.Mistake) {
            let rows = try CSVRows(text).rows
            guard let head = rows.first, let columns = self.columns(head) else { return }
            for row in rows.dropFirst() { read(row, columns, defaults) }
        } catch {
            mistakes = [Mistake(line: error.line, column: error.column, reason: error.reason)]
        }
    }

    /// What the first line names; `nil` when that is of no use.
    private mutating func columns(_ head: [CSVRows.Field]) -> [Column]? {
        let known = Column.allCases.map(\.rawValue).joined(separator: ", ")
        let columns = head.compactMap { field -> Column? in
            let name = field.text.trimmed.lowercased()
            if let column = Column(rawValue: name) { return column }
            complain(
                field,
                "there is no column '\(NumberHiding.hide(in: name))'; the first line names some of \(known)"
            )
            return nil
        }
        if columns.count == head.count, !columns.contains(.phone), !columns.contains(.contact) {
            complain(head[0], "no column says whom a line is about; expected 'phone' or 'contact'")
        }
        if Set(columns).count < columns.count { complain(head[0], "a column stands twice") }
        return mistakes.isEmpty ? columns : nil
    }

    private mutating func read(_ row: [CSVRows.Field], _ columns: [Column], _ defaults: Defaults) {
        guard row.count == columns.count else {
            return complain(row[0], "\(row.count.counted("field")); expected \(columns.count), as in the first line")
        }
        let before = mistakes.count
        let values = Dictionary(uniqueKeysWithValues: zip(columns, row))
        let (recipient, state) = (self.recipient(values, row[0], defaults), self.state(values))
        let scope = choice(values[.category], ConsentScope.all, "category")
        let origin = choice(values[.origin], ConsentEntry.Origin.import, "origin")
        let (account, at) = (self.account(values, defaults), time(values, defaults))
        guard mistakes.count == before, let recipient, let state, let scope, let origin, let at else { return }
        entries.append(
            ConsentEntry(
                recipient,
                state,
                scope,
                account: account,
                origin: origin,
                at: at,
                who: Self.text(values[.who]) ?? defaults.who,
                reason: Self.text(values[.reason]),
                event: Self.text(values[.event]).map(EventID.init(rawValue:))
            )
        )
    }

    private mutating func complain(_ field: CSVRows.Field, _ reason: String) {
        mistakes.append(Mistake(line: field.line, column: field.column, reason: reason))
    }

    /// A field's text, without what keeps a spreadsheet from computing it; `nil` for an empty one.
    private static func text(_ field: CSVRows.Field?) -> String? {
        field.map { CSVRows.plain($0.text.trimmed) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}

// MARK: Fields

extension ConsentFile {
    private mutating func recipient(
        _ values: [Column: CSVRows.Field],
        _ first: CSVRows.Field,
        _ defaults: Defaults
    ) -> String? {
        if let field = values[.phone], let text = Self.text(field) {
            do throws(PhoneNumberError) {
                return try ConsentSubject.phone(text, country: defaults.country)
            } catch {
                complain(field, "\(error)")
                return nil
            }
        }
        if let id = Self.text(values[.contact]) { return ConsentSubject.contact(id) }
        complain(values[.phone] ?? values[.contact] ?? first, "the line names nobody")
        return nil
    }

    private mutating func state(_ values: [Column: CSVRows.Field]) -> ConsentEntry.Decision? {
        choice(values[.state], .optedOut, "state")
    }

    private mutating func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ field: CSVRows.Field?,
        _ fallback: Value,
        _ what: String
    ) -> Value? {
        guard let field, let text = Self.text(field) else { return fallback }
        if let value = Value(rawValue: text.lowercased()) { return value }
        let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
        complain(field, "'\(NumberHiding.hide(in: text))' is no \(what); expected one of \(known)")
        return nil
    }

    private mutating func account(_ values: [Column: CSVRows.Field], _ defaults: Defaults) -> String? {
        guard let field = values[.account], let name = Self.text(field) else { return nil }
        if !defaults.accounts.contains(name) {
            let known = defaults.accounts.joined(separator: ", ")
            complain(field, "the configuration has no account '\(NumberHiding.hide(in: name))'; it has \(known)")
        }
        return name
    }

    private mutating func time(_ values: [Column: CSVRows.Field], _ defaults: Defaults) -> Timestamp? {
        guard let field = values[.at], let text = Self.text(field) else { return defaults.at }
        guard let time = Timestamp(rfc3339: text), time <= defaults.at else {
            complain(field, "no time that has come; expected one such as 2026-01-15T10:30:00Z")
            return nil
        }
        return time
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

// MARK: The other way

extension ConsentFile {
    /// Lines of the ledger as a table that ``init(_:_:)`` reads.
    ///
    /// - Parameter entries: The lines, in the order in which they came.
    /// - Returns: The table.
    package static func table(_ entries: [ConsentEntry]) -> String { head + lines(entries) }

    /// The first line of a table.
    package static let head = CSVRows.line(Column.allCases.map(\.rawValue))

    /// Lines of the ledger as lines of a table; those about people who were erased are left out.
    ///
    /// - Parameter entries: The lines, in the order in which they came.
    /// - Returns: The lines.
    package static func lines(_ entries: [ConsentEntry]) -> String {
        entries.filter { !ErasedSubject.isName($0.recipient) }.map { entry in
            CSVRows.line([
                entry.phone ?? "", entry.contact ?? "", entry.decision.rawValue, entry.scope.rawValue,
                entry.account ?? "", entry.at.rfc3339, entry.origin.rawValue, entry.who, entry.reason ?? "",
                entry.event?.rawValue ?? "",
            ])
        }.joined()
    }

    /// What was read, and what was written, for people.
    ///
    /// - Parameters:
    ///   - receipt: What became of the lines; `nil` when nothing was written.
    ///   - isAsked: Whether they were to be written.
    /// - Returns: Lines.
    package func text(_ receipt: ConsentReceipt?, isAsked: Bool = false) -> String {
        let outs = entries.count { $0.decision == .optedOut }
        let read = "\(outs.counted("opt-out")), \((entries.count - outs).counted("opt-in"))"
        let bad = mistakes.isEmpty ? "" : ", \(mistakes.count.counted("mistake"))"
        guard let receipt else {
            let text = "read \(read)\(bad); nothing is written \(Self.notAsked)\n"
            return isAsked ? Self.withMistakes(text) : text
        }
        return "read \(read)\(bad); \(receipt.text)\n"
    }

    private static let notAsked = "without --apply"

    /// What was read, where it was to be written and has mistakes.
    ///
    /// - Parameter text: What ``text(_:isAsked:)`` says of a list that nobody asked to be written.
    /// - Returns: The same with another reason why nothing is written.
    package static func withMistakes(_ text: String) -> String {
        text.replacing(notAsked, with: "with mistakes, unless --skip-mistakes leaves them out")
    }

    /// The same as `--json` shows it.
    package func json(_ receipt: ConsentReceipt?) -> JSON {
        [
            "read": .number(JSONNumber(entries.count)),
            "opt_outs": .number(JSONNumber(entries.count { $0.decision == .optedOut })),
            "written": receipt?.json ?? .null,
            "mistakes": .array(
                mistakes.map { mistake in
                    [
                        "line": .number(JSONNumber(mistake.line)), "column": .number(JSONNumber(mistake.column)),
                        "reason": .string(mistake.reason),
                    ]
                }
            ),
        ]
    }
}
