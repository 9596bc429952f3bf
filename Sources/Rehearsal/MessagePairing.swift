// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import OrderedCollections
import PartnerAPI

/// Which messages of an event are the same on both sides: those of one rule that say the same to the same recipient,
/// then those of one rule to the same recipient, in their order.
struct MessagePairing {
    /// A message that is there on one side or on both.
    struct Pair {
        let rule: String
        var old: RehearsedMessage?
        var new: RehearsedMessage?
        /// Where both say something else.
        var changes: [MessageChange] = []
        /// Why one side has none: that it could not be built.
        var absence: String?
        /// The other rule that makes the same message where this one makes none.
        var twin: String?
    }

    private(set) var pairs: [Pair] = []

    /// A rule with what it says, or with whom it says it to.
    private struct Key: Hashable {
        let rule: String
        let text: [UInt8]
    }

    init(_ old: [RehearsedMessage], _ new: [RehearsedMessage]) {
        let built = (old.filter(\.hasMessage), new.filter(\.hasMessage))
        let (equal, oldRest, newRest) = Self.match(built.0, built.1) {
            $0.body ?? Array("digest \($0.recipient ?? "")".utf8)
        }
        let (alike, oldAlone, newAlone) = Self.match(oldRest, newRest) { Array(($0.recipient ?? "").utf8) }
        pairs = (equal + alike).map { old, new in
            Pair(rule: old.rule, old: old, new: new, changes: MessageChange.between(old, new))
        }
        pairs += oldAlone.map { message in
            let twin = newAlone.first(where: message.saysTheSame)?.rule
            return Pair(
                rule: message.rule,
                old: message,
                new: nil,
                absence: Self.absence(message.rule, new),
                twin: twin
            )
        }
        pairs += newAlone.map { message in
            let twin = oldAlone.first(where: message.saysTheSame)?.rule
            return Pair(
                rule: message.rule,
                old: nil,
                new: message,
                absence: Self.absence(message.rule, old),
                twin: twin
            )
        }
    }

    private typealias Match = (
        pairs: [(RehearsedMessage, RehearsedMessage)], old: [RehearsedMessage], new: [RehearsedMessage]
    )

    private static func match(
        _ old: [RehearsedMessage],
        _ new: [RehearsedMessage],
        by text: (RehearsedMessage) -> [UInt8]
    ) -> Match {
        guard !old.isEmpty, !new.isEmpty else { return ([], old, new) }
        var places: [Key: [Int]] = [:]
        for (place, message) in new.enumerated().reversed() {
            places[Key(rule: message.rule, text: text(message)), default: []].append(place)
        }
        var match: Match = ([], [], [])
        var taken: Set<Int> = []
        for message in old {
            if let place = places[Key(rule: message.rule, text: text(message))]?.popLast() {
                match.pairs.append((message, new[place]))
                taken.insert(place)
            } else {
                match.old.append(message)
            }
        }
        match.new = new.indices.filter { !taken.contains($0) }.map { new[$0] }
        return match
    }

    /// Why a side has no such message, where a rule could not build one.
    private static func absence(_ rule: String, _ side: [RehearsedMessage]) -> String? {
        for message in side where message.rule == rule {
            if case .known(.notBuilt(let why)) = message.fate { return why }
        }
        return nil
    }
}

extension RehearsedMessage {
    /// Who gets it, as facts name them; `nil` for what cannot be read.
    var recipient: String? { request.map { Fact.name(of: $0.recipient) } ?? addressee }

    /// Whether there is a message, or will be one when a digest is built.
    var hasMessage: Bool {
        guard body == nil else { return true }
        switch fate {
        case .open, .known(.leaves): return true
        case .known: return false
        }
    }

    /// Whether another one has the same text; nobody knows that of two digests that are not built yet.
    func saysTheSame(as other: RehearsedMessage) -> Bool { body != nil && body == other.body }

    /// Whether its text is built when it leaves.
    var isDigest: Bool { body == nil && hasMessage }

    /// Who gets it, for people: a number but for its last digits.
    var shownRecipient: String? {
        switch request?.recipient ?? addressee.flatMap(Fact.recipient) {
        case .phone(let number): "\(number)"
        case .contact(let id): NumberHiding.hide(in: "contact \(id)")
        case nil: nil
        }
    }

    private var request: MessageRequest? { body.flatMap { RenderedRequest(kept: $0).message } }
}

/// A field in which two messages differ; numbers are hidden.
package struct MessageChange: Hashable, Sendable {
    /// Its place in the request, such as `template.variables.1`.
    package let field: String
    /// Its text; `nil` where there is none.
    package let before: String?
    /// Its text; `nil` where there is none.
    package let after: String?

    /// The fields in which two messages differ, in the order of the requests.
    static func between(_ old: RehearsedMessage, _ new: RehearsedMessage) -> [MessageChange] {
        guard old.body != new.body || old.account != new.account else { return [] }
        let (before, after) = (fields(of: old), fields(of: new))
        let names = before.keys + after.keys.filter { before[$0] == nil }
        let isOpen = old.isKept && after[Self.language] == nil
        return names.filter { before[$0] != after[$0] && !(isOpen && $0 == Self.language) }.map { name in
            MessageChange(
                field: name,
                before: before[name].map(NumberHiding.hide),
                after: after[name].map(NumberHiding.hide)
            )
        }
    }

    /// Left to the templates that there are: what was kept has one, and what is rehearsed without them has none.
    private static let language = "templateLanguage"

    private static func fields(of message: RehearsedMessage) -> OrderedDictionary<String, String> {
        var fields: OrderedDictionary<String, String> = [:]
        if let json = message.body.flatMap({ try? JSON(parsing: $0) }) { collect(json, at: "", into: &fields) }
        fields["account"] = message.account
        return fields
    }

    private static func collect(_ json: JSON, at path: String, into fields: inout OrderedDictionary<String, String>) {
        let prefix = path.isEmpty ? "" : "\(path)."
        if let members = json.object {
            for (name, value) in members { collect(value, at: prefix + name, into: &fields) }
        } else if let elements = json.array {
            for (index, value) in elements.enumerated() { collect(value, at: "\(prefix)\(index + 1)", into: &fields) }
        } else {
            fields[path] = json.string ?? json.text()
        }
    }
}
