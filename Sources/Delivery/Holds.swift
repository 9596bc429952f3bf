// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI

/// What of an account must not leave for now, and why: recipients, templates, parts that stopped.
///
/// Pure; time is a parameter, on the steady line. It lives in memory, and a restart forgets it: what was held keeps its time in the store; what
/// stopped and which templates wait nodes that share a store tell one another (``AccountCondition``). A recipient is a hash here, whose
/// seed is the process's own.
struct Holds {
    /// How far apart messages to a recipient leave that was throttled.
    static let gap: Duration = .seconds(6)
    /// How long after its last trouble a recipient is paced so.
    static let memory: Duration = .seconds(3_600)
    /// So many recipients at most are kept; a message of more waits by itself alone.
    static let capacity = 10_000
    /// The same of templates, all of which a row of the store has room for.
    static let mostTemplates = 500
    /// The longest wait of a recipient is four to that many seconds: eighteen hours.
    private static let highestLevel = 8
    /// How far apart looks are for what is old, each of which goes through all that is remembered.
    private static let sweep: Duration = .seconds(60)

    /// A part of the account that waits for a person.
    typealias Stop = AccountCondition.Stop

    /// A recipient who got too many messages in a short time.
    private struct Pair: Hashable {
        /// How often in a row the partner said so, from 0.
        var level = 0
        var struckAt: Timestamp
        var until: Timestamp
        var lastLeft: Timestamp?
        /// When the next place in the row is free.
        var nextFree: Timestamp
        var words: String

        /// When a message may leave; at once, or at a place that is its own from now on.
        mutating func place(at now: Timestamp) -> Timestamp? {
            let free = max(until, lastLeft?.advanced(by: Holds.gap) ?? until)
            guard free > now.advanced(by: HoldTimes.slack) else {
                lastLeft = now
                nextFree = max(nextFree, now.advanced(by: Holds.gap))
                return nil
            }
            let place = max(free, nextFree)
            nextFree = place.advanced(by: Holds.gap)
            return place
        }
    }

    /// A template, or marketing to a recipient, that has to wait.
    typealias Wait = AccountCondition.Wait

    private var pairs: [Int: Pair] = [:]
    private var marketing: [Int: Wait] = [:]
    private(set) var templates: [String: Wait] = [:]
    /// What stopped until a person resumes it.
    private(set) var stops: [MetaCode.Part: Stop] = [:]
    /// When a person let everything go on last.
    private(set) var resumedAt: Timestamp?
    /// How often a recipient or a template was held, so that others see whether there are new ones.
    private(set) var changes = 0
    private var forgotAt: Timestamp?

    /// Whether nothing is held, so that nobody need look at messages; the stop of a whole account holds none.
    var isEmpty: Bool {
        pairs.isEmpty && marketing.isEmpty && templates.isEmpty && stops[.marketing] == nil && stops[.templates] == nil
    }

    /// Whether a message has to wait; if so, it has a place from now on.
    mutating func hold(_ message: Addressee, at now: Timestamp) -> HeldBack? {
        if let stop = stop(of: message) {
            let until = now.advanced(by: MetaCode.patience)
            return HeldBack(
                until: until,
                reason: "\(stop.stop.reason); it waits for a person",
                waitsForTime: false,
                condition: stop.part.rawValue
            )
        }
        let soon = now.advanced(by: HoldTimes.slack)
        if let wait = message.template.flatMap({ templates[$0] }), wait.until > soon {
            let condition = message.template.map(Self.condition(ofTemplate:))
            let reason = "held back: \(wait.words)"
            return HeldBack(until: wait.until, reason: reason, isOfTemplate: true, condition: condition)
        }
        if message.isMarketing, let wait = marketing[message.recipient], wait.until > soon {
            return HeldBack(until: wait.until, reason: "held back: \(wait.words)")
        }
        guard let until = pairs[message.pair]?.place(at: now), let words = pairs[message.pair]?.words else {
            return nil
        }
        return HeldBack(until: until, reason: "held back: \(words)")
    }

    private func stop(of message: Addressee) -> (part: MetaCode.Part, stop: Stop)? {
        if message.template != nil, let stop = stops[.templates] { return (.templates, stop) }
        return message.isMarketing ? stops[.marketing].map { (.marketing, $0) } : nil
    }

    /// What a template's messages wait for.
    static func condition(ofTemplate name: String) -> String { "template:\(name)" }

    /// Looks what is known now of the templates that are paused: one that is approved goes on, one that is not waits on.
    ///
    /// - Parameters:
    ///   - approval: Whether a template is approved, by what was read after a time; `nil` where nothing was.
    ///   - now: The time now.
    /// - Returns: The templates that go on before their time.
    mutating func lookAtTemplates(
        _ approval: (_ template: String, _ after: Timestamp) -> Bool?,
        at now: Timestamp
    ) -> [String] {
        var approved: [String] = []
        for (name, wait) in templates where wait.until > now {
            switch approval(name, wait.struckAt) {
            case true?:
                templates[name]?.until = now
                approved.append(name)
            case false?:
                // Nobody knows when: it is looked at again before that, and told others only when half of it is over.
                guard wait.until < now.advanced(by: MetaCode.templatePauses[0] / 2) else { continue }
                templates[name]?.until = now.advanced(by: MetaCode.templatePauses[0])
            case nil: break
            }
        }
        return approved.sorted()
    }

    /// Notes that the partner throttled a message.
    ///
    /// - Parameters:
    ///   - code: With which of Meta's codes.
    ///   - message: To whom, and of which template.
    ///   - began: When its request left.
    ///   - now: The time now.
    /// - Returns: When the message may leave again; `nil` where that is not for these holds to say.
    mutating func struck(_ code: MetaCode, _ message: Addressee, began: Timestamp, at now: Timestamp) -> Timestamp? {
        switch code.treatment {
        case .pacePair: return pace(message.pair, code, began: began, at: now)
        case .holdRecipient(let span, _):
            let until = now.advanced(by: span)
            forgetOld(at: now)
            guard marketing.count < Self.capacity else { return until }
            changes += 1
            let known = marketing[message.recipient]?.until ?? until
            let last = max(until, known)
            marketing[message.recipient] = Wait(struckAt: now, until: last, words: code.wordsWithCode)
            return until
        case .holdTemplate: return pause(message.template, code, began: began, at: now)
        case .stop(let part) where part != .account: return now.advanced(by: MetaCode.patience)
        default: return nil
        }
    }

    /// The same of a message whose wait somebody else reckons: one that left before what is known takes no place.
    mutating func heard(_ code: MetaCode, _ message: Addressee, taken: Timestamp, at time: Timestamp) {
        if case .pacePair = code.treatment, let pair = pairs[message.pair], taken < pair.struckAt { return }
        _ = struck(code, message, began: taken, at: time)
    }

    private mutating func pace(_ recipient: Int, _ code: MetaCode, began: Timestamp, at now: Timestamp) -> Timestamp {
        if var pair = pairs[recipient], began < pair.struckAt {
            // It was on its way already: what it met is known.
            defer { pairs[recipient] = pair }
            return pair.place(at: now) ?? now.advanced(by: Self.gap)
        }
        let level = pairs[recipient].map { min($0.level + 1, Self.highestLevel) } ?? 0
        let until = now.advanced(by: .seconds(Int64(1) << (2 * Int64(level))))
        forgetOld(at: now)
        guard pairs[recipient] != nil || pairs.count < Self.capacity else { return until }
        let next = until.advanced(by: Self.gap)
        changes += 1
        pairs[recipient] = Pair(level: level, struckAt: now, until: until, nextFree: next, words: code.wordsWithCode)
        return until
    }

    private mutating func pause(_ template: String?, _ code: MetaCode, began: Timestamp, at now: Timestamp) -> Timestamp
    {
        let pauses = MetaCode.templatePauses
        guard let template else { return now.advanced(by: pauses[0]) }
        if let known = templates[template], began < known.struckAt { return known.until }
        let level = templates[template].map { min($0.level + 1, pauses.count - 1) } ?? 0
        let until = now.advanced(by: pauses[level])
        forgetOld(at: now)
        guard templates[template] != nil || templates.count < Self.mostTemplates else { return until }
        changes += 1
        templates[template] = Wait(level: level, struckAt: now, until: until, words: code.wordsWithCode)
        return until
    }

    /// Notes that the partner took a message: trouble of its recipient and its template counts from the start, if it is
    /// older than the message's request.
    mutating func accepted(_ message: Addressee, began: Timestamp) {
        if let pair = pairs[message.pair], pair.struckAt < began { pairs[message.pair]?.level = -1 }
        if let template = message.template, let wait = templates[template], wait.struckAt < began {
            templates[template] = nil
        }
    }

    /// Stops a part of the account, unless the request that tells so left before a person let everything go on.
    ///
    /// - Parameters:
    ///   - part: What stops.
    ///   - reason: Why, in words.
    ///   - began: When the request left that tells so.
    ///   - now: The time now.
    /// - Returns: Whether it went on until now.
    mutating func stop(_ part: MetaCode.Part, because reason: String, began: Timestamp, at now: Timestamp) -> Bool {
        guard resumedAt.map({ $0 < began }) ?? true else { return false }
        defer { stops[part] = Stop(since: stops[part]?.since ?? now, reason: reason) }
        return stops[part] == nil
    }

    /// A person lets all parts go on.
    ///
    /// - Returns: Those that had stopped.
    mutating func resume(at now: Timestamp) -> [MetaCode.Part] {
        defer { (stops, resumedAt) = ([:], now) }
        return MetaCode.Part.allCases.filter { stops[$0] != nil }
    }

    /// Takes over what other nodes learnt of what stopped, that a person let it go on, and of templates.
    mutating func adopt(_ condition: AccountCondition) {
        (stops, resumedAt) = (condition.stops, condition.resumedAt)
        guard templates != condition.templates else { return }
        templates = condition.templates
        changes += 1
    }

    /// What waits for time: templates by their names, recipients by their number.
    func waits(at now: Timestamp) -> [DeliveryStatus.Held] {
        func held(_ what: String, _ waits: [Wait]) -> DeliveryStatus.Held? {
            let running = waits.filter { $0.until > now }
            guard let last = running.max(by: { $0.until < $1.until }) else { return nil }
            return DeliveryStatus.Held(what: what, count: running.count, until: last.until, reason: last.words)
        }
        let slow = pairs.values.filter { max($0.until, $0.nextFree) > now }.map { pair in
            Wait(struckAt: pair.struckAt, until: max(pair.until, pair.nextFree), words: pair.words)
        }
        return templates.sorted { $0.key < $1.key }.compactMap { held("template \($0.key)", [$0.value]) }
            + [held("recipients", slow), held("marketing to recipients", Array(marketing.values))].compactMap(\.self)
    }

    /// Forgets what is old, so that after a storm nobody looks at messages for ever; once a minute at most.
    mutating func forgetOld(at now: Timestamp) {
        guard forgotAt.map({ $0.advanced(by: Self.sweep) <= now }) ?? true else { return }
        forgotAt = now
        let old = now.advanced(by: .zero - Self.memory)
        pairs = pairs.filter { max($0.value.until, $0.value.nextFree) > old }
        marketing = marketing.filter { $0.value.until > now }
        templates = templates.filter { $0.value.until > old }
    }
}
