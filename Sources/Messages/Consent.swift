// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import PartnerAPI

/// What somebody said about messages from us: one line of the ledger of consent, which only grows.
///
/// What stands now follows from all lines of a recipient (``standing(_:)``). It prints without its recipient, so that no
/// number slips into a log.
package struct ConsentEntry: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// Whom it is about (``subject(_:)``).
    package let recipient: String
    /// What it is about.
    package let scope: ConsentScope
    /// The account whose messages it is about; `nil` for all of them.
    package let account: String?
    /// What was decided.
    package let decision: Decision
    /// From where we know.
    package let origin: Origin
    /// When it was said; in whole milliseconds, as it is printed and exported.
    package let at: Timestamp
    /// Who said so or wrote it down: a person's name, a source's, `hookline`.
    package let who: String
    /// Why, in the words of who wrote it down; no phone number.
    package let reason: String?
    /// The event that told it; `nil` where none did.
    package let event: EventID?

    /// What was decided; the raw value is what files and commands say.
    package enum Decision: String, CaseIterable, Hashable, Sendable {
        case optedOut = "opted-out"
        case optedIn = "opted-in"
    }

    /// From where we know; the raw value is what files and commands say.
    package enum Origin: String, CaseIterable, Hashable, Sendable {
        /// A person of ours decided it: it undoes everybody's.
        case `operator`
        /// A list that was imported.
        case `import`
        /// The recipient wrote a word such as STOP or START.
        case stopWord = "stop-word"
        /// The recipient's setting in WhatsApp, as Meta tells it: marketing of one sending number.
        case preference
    }

    /// A line of the ledger.
    ///
    /// - Parameters:
    ///   - recipient: Whom it is about, in any of the forms of ``subject(_:)``.
    ///   - decision: What was decided.
    ///   - scope: What it is about.
    ///   - account: The account whose messages it is about; `nil` for all of them.
    ///   - origin: From where we know.
    ///   - at: When it was said.
    ///   - who: Who said so or wrote it down.
    ///   - reason: Why; numbers in it are hidden.
    ///   - event: The event that told it.
    package init(
        _ recipient: String,
        _ decision: Decision,
        _ scope: ConsentScope,
        account: String? = nil,
        origin: Origin,
        at: Timestamp,
        who: String,
        reason: String? = nil,
        event: EventID? = nil
    ) {
        self.recipient = Self.subject(recipient)
        self.scope = scope
        self.account = account
        self.decision = decision
        self.origin = origin
        self.at = Timestamp(microseconds: (at.microseconds + 500) / 1_000 * 1_000)
        self.who = who
        self.reason = reason.map { NumberHiding.hide(in: $0) }
        self.event = event
    }

    /// A recipient as the ledger names it: as ``Fact/name(of:)`` does, with one spelling for numbers that WhatsApp knows
    /// by another than people dial.
    ///
    /// Mobile numbers of Brazil may lack their ninth digit in a `wa_id`, those of Mexico may have a 1 behind 52: both are
    /// made what E.164 has today. A contact's id is a recipient of its own.
    ///
    /// - Parameter name: Such as `phone:5511987654321`.
    /// - Returns: The ledger's name for the same.
    package static func subject(_ name: String) -> String {
        guard name.hasPrefix("phone:") else { return name }
        let digits = name.dropFirst(6)
        if digits.hasPrefix("521"), digits.count == 13 { return "phone:52\(digits.dropFirst(3))" }
        guard digits.hasPrefix("55"), digits.count == 12, let first = digits.dropFirst(4).first, ("6"..."9") ~= first
        else { return name }
        return "phone:\(digits.prefix(4))9\(digits.dropFirst(4))"
    }

    /// All names that messages may have for somebody whom the ledger knows by one.
    ///
    /// - Parameter subject: What ``subject(_:)`` gave.
    /// - Returns: It, and the other spelling of its number where there is one.
    package static func names(of subject: String) -> [String] {
        let digits = subject.hasPrefix("phone:") ? subject.dropFirst(6) : ""
        let others = [("52", 2, "521"), ("55", 5, String(digits.prefix(4)))].compactMap { code, length, start in
            digits.hasPrefix(code) ? "phone:\(start)\(digits.dropFirst(length))" : nil
        }
        return [subject] + others.filter { $0 != subject && Self.subject($0) == subject }
    }

    /// What was decided and about what, without the recipient.
    package var description: String { "\(decision.rawValue) of \(scope.rawValue), \(origin.rawValue)" }

    package var customMirror: Mirror { Mirror(self, children: ["entry": description]) }
}

/// What a decision is about; the raw value is what files and commands say.
package enum ConsentScope: String, CaseIterable, Hashable, Sendable, Comparable {
    /// Marketing alone.
    case marketing
    /// Every message but those with codes to sign in.
    case allButAuthentication = "all-but-authentication"
    /// Every message.
    case all

    package static func < (left: ConsentScope, right: ConsentScope) -> Bool { left.width < right.width }

    private var width: Int {
        switch self {
        case .marketing: 0
        case .allButAuthentication: 1
        case .all: 2
        }
    }

    /// Whether a message of a category is among it; one of a template whose category nobody knows counts as marketing.
    func takes(_ category: MessageCategory?) -> Bool {
        switch self {
        case .marketing: category == .marketing || category == nil
        case .allButAuthentication: category != .authentication
        case .all: true
        }
    }

    /// What one does not get any more.
    fileprivate var words: String {
        switch self {
        case .marketing: "marketing messages"
        case .allButAuthentication: "messages but codes to sign in"
        case .all: "messages"
        }
    }
}

/// What a message is for; the raw value is what the store says.
package enum MessageCategory: String, CaseIterable, Hashable, Sendable {
    case marketing, utility, authentication
    /// A message without a template, which WhatsApp delivers only to who has written lately.
    case service

    /// What a message is for, by its template.
    ///
    /// - Parameters:
    ///   - content: What the message says.
    ///   - catalogue: The templates of its account, where they are known. `nil` comes back for a template whose category
    ///     nobody knows.
    package init?(_ content: MessageRequest.Content, in catalogue: TemplateCatalogue? = nil) {
        guard case .template(let template) = content else {
            self = .service
            return
        }
        let languages = template.language.map { [$0] } ?? []
        guard case .found(let found)? = catalogue?.choose(template.name, languages: languages),
            let category = found.category.flatMap({ MessageCategory(rawValue: $0.lowercased()) })
        else { return nil }
        self = category
    }

    /// What a message is for, by its template and by the word of its rule.
    ///
    /// The rule's word counts where the template's is not known, and where it is the stricter one: a promotion in the dress
    /// of a utility is one. Codes to sign in are never promotions.
    ///
    /// - Parameters:
    ///   - known: By its template; `nil` where nobody knows.
    ///   - declared: By the word of its rule; `nil` where it says none.
    /// - Returns: `nil` where nobody knows.
    package static func of(_ known: MessageCategory?, declared: MessageCategory?) -> MessageCategory? {
        if declared == .marketing, known != .authentication { return .marketing }
        return known ?? declared
    }
}

extension ConsentEntry {
    /// The opt-outs that stand, by a recipient's lines of the ledger.
    ///
    /// The order of time counts, not that in which lines came; of the same time, the later line. An opt-in undoes what is
    /// no wider than it, of its own account or of all; a person's undoes everybody's, any other only what came from
    /// where it came from itself.
    ///
    /// - Parameter entries: All lines of one recipient, in the order in which they came.
    /// - Returns: The lines that stand, the oldest first.
    package static func standing(_ entries: [ConsentEntry]) -> [ConsentEntry] {
        var standing: [ConsentEntry] = []
        for entry in inTime(entries) {
            switch entry.decision {
            case .optedOut: if !standing.contains(where: { $0.isSameKind(as: entry) }) { standing.append(entry) }
            case .optedIn: standing.removeAll { entry.undoes($0) }
            }
        }
        return standing
    }

    /// Whether a line tells something that a recipient's ledger does not have: a repeated one does not.
    ///
    /// - Parameter entries: All lines of the recipient, in the order in which they came.
    /// - Returns: `false` when the last line of the same kind, at its time, says the same, and no other has undone that
    ///   since; an imported list says nothing again that was undone.
    package func isNews(to entries: [ConsentEntry]) -> Bool {
        let before = Self.inTime(entries).filter { $0.at <= at }
        let isRepeated = before.last { $0.isSameKind(as: self) }?.decision == decision
        guard isRepeated, origin != .import else { return !isRepeated }
        let standing = Self.standing(before)
        return switch decision {
        case .optedOut: !standing.contains { $0.isSameKind(as: self) }
        case .optedIn: standing.contains { undoes($0) }
        }
    }

    private static func inTime(_ entries: [ConsentEntry]) -> [ConsentEntry] {
        entries.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    private func isSameKind(as other: ConsentEntry) -> Bool {
        origin == other.origin && scope == other.scope && account == other.account
    }

    private func undoes(_ other: ConsentEntry) -> Bool {
        (origin == .operator || origin == other.origin) && other.scope <= scope
            && (account == nil || account == other.account)
    }

    /// Why a message does not leave, in a sentence without the recipient.
    fileprivate func words(about category: MessageCategory?) -> String {
        let doubt =
            scope == .marketing && category == nil
            ? "; the category of its template is not known, so it counts as marketing" : ""
        return "the recipient wants no \(scope.words), since \(at.rfc3339) (\(origin.rawValue), \(who))\(doubt)"
    }
}

/// What became of lines that were to be written.
package struct ConsentReceipt: Hashable, Sendable {
    /// How many were written.
    package var added = 0
    /// How many said what the ledger had already.
    package var known = 0
    /// How many messages that waited are suppressed by them.
    package var suppressed = 0
    /// How many messages were on their way to somebody who opted out: too late for them.
    package var tooLate = 0

    package init(added: Int = 0, known: Int = 0, suppressed: Int = 0, tooLate: Int = 0) {
        self.added = added
        self.known = known
        self.suppressed = suppressed
        self.tooLate = tooLate
    }

    /// What became of both.
    package static func + (left: ConsentReceipt, right: ConsentReceipt) -> ConsentReceipt {
        var sum = left
        sum += right
        return sum
    }

    /// Adds what became of others.
    package static func += (left: inout ConsentReceipt, right: ConsentReceipt) {
        left.added += right.added
        left.known += right.known
        left.suppressed += right.suppressed
        left.tooLate += right.tooLate
    }
}

extension NewMessage {
    /// Whom the ledger is asked about.
    package var subject: String { ConsentEntry.subject(Fact.name(of: recipient)) }

    /// Where it begins when its recipient wants no such message: it does not leave, and takes no fact.
    ///
    /// - Parameters:
    ///   - optOuts: What stands of its recipient.
    ///   - now: The time now.
    /// - Returns: `nil` when nothing stands against it.
    package func beginning(against optOuts: [ConsentEntry], at now: Timestamp) -> Beginning? {
        let hold = Hold(category, account, against: optOuts)
        return hold.map { Beginning.optedOut($0.reason, terms, at: now) }
    }
}

extension ConsentEntry {
    /// Why a message that is in no store is not wanted by its recipient.
    ///
    /// - Parameters:
    ///   - request: What is to be sent, to whom.
    ///   - account: The account that would send it.
    ///   - catalogue: The account's templates, where they are known.
    ///   - optOuts: What stands of the recipient.
    /// - Returns: `nil` when nothing stands against it.
    package static func objection(
        to request: MessageRequest,
        account: String,
        in catalogue: TemplateCatalogue?,
        _ optOuts: [ConsentEntry]
    ) -> String? {
        Hold(MessageCategory(request.content, in: catalogue), account, against: optOuts)?.reason
    }
}

extension DigestItem {
    /// Whom the ledger is asked about.
    package var subject: String { ConsentEntry.subject(Fact.name(of: recipient)) }

    /// Where its event ends when its recipient wants no such message; `nil` when nothing stands against it.
    package func beginning(against optOuts: [ConsentEntry], at now: Timestamp) -> Beginning? {
        let hold = Hold(category, account, against: optOuts)
        return hold.map { Beginning.optedOut($0.reason, terms, at: now) }
    }
}

extension MessageRecord {
    /// Whom the ledger is asked about; `nil` for what could not be built.
    package var subject: String? {
        (recipient ?? message.request?.message.map { Fact.name(of: $0.recipient) }).map(ConsentEntry.subject)
    }

    /// What stands between a claim of it and its send by the word of its recipient.
    ///
    /// - Parameters:
    ///   - optOuts: What stands of its recipient.
    ///   - now: The time now.
    /// - Returns: `nil` when nothing does, and for what has expired.
    package func hold(against optOuts: [ConsentEntry], at now: Timestamp) -> Hold? {
        guard !optOuts.isEmpty, message.expiresAt.map({ $0 > now }) ?? true else { return nil }
        // Messages of before the ledger have no category: the request says whether they have a template.
        let category = category ?? message.request?.message.flatMap { MessageCategory($0.content) }
        // Whoever said so after a person had it sent all the same is heard.
        let counting = overridesUntil.map { override in optOuts.filter { $0.at > override } } ?? optOuts
        return Hold(category, message.account, against: counting)
    }
}

extension MessageRecord {
    /// Its recipient wants it no more, while it waits.
    ///
    /// - Parameters:
    ///   - optOuts: What stands of its recipient.
    ///   - now: The time now.
    /// - Returns: The new entries of its timeline; none when nothing stands against it, or it does not wait.
    package mutating func suppress(by optOuts: [ConsentEntry], at now: Timestamp) -> [TimelineEntry] {
        guard message.state.isWaiting, let hold = hold(against: optOuts, at: now) else { return [] }
        return (try? claim(until: now, at: now, held: hold)) ?? []
    }
}

extension MessageRecord {
    /// Its recipient wants it no more, while it is on its way: it is too late for that, and its timeline says so.
    ///
    /// - Parameters:
    ///   - optOuts: What stands of its recipient.
    ///   - now: The time now.
    /// - Returns: The new entry; none when nothing stands against it, or it is not on its way.
    package mutating func noteTooLate(_ optOuts: [ConsentEntry], at now: Timestamp) -> [TimelineEntry] {
        guard message.state == .sending, let hold = hold(against: optOuts, at: now) else { return [] }
        return note("too late: \(hold.reason)", at: now)
    }
}

extension Hold {
    /// What the widest opt-out makes of a message; `nil` when none is about it.
    fileprivate init?(_ category: MessageCategory?, _ account: String, against optOuts: [ConsentEntry]) {
        let meant = optOuts.filter { $0.scope.takes(category) && ($0.account ?? account) == account }
        guard let widest = meant.max(by: { $0.scope < $1.scope }) else { return nil }
        self.init(.consent, .drop, widest.words(about: category))
    }
}
