// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PartnerAPI

/// What of an account must not leave for now, and why: recipients, templates, parts that stopped.
///
/// Pure; time is a parameter, on the steady line. It lives in memory, and a restart forgets it: what was held keeps its time in the store. A recipient is a hash here,
/// whose seed is the process's own.
struct Holds {
    /// How far apart messages to a recipient leave that was throttled.
    static let gap: Duration = .seconds(6)
    /// How long after its last trouble a recipient is paced so.
    static let memory: Duration = .seconds(3_600)
    /// How long a message waits for a person, before it is looked at again.
    static let patience: Duration = .seconds(3_600)
    /// So many recipients and templates at most are kept; a message of more waits by itself alone.
    static let capacity = 10_000
    /// The longest wait of a recipient is four to that many seconds: eighteen hours.
    private static let highestLevel = 8
    /// What a message may be early, after its time was turned into wall time and back.
    private static let slack: Duration = .milliseconds(50)

    /// A hold as it meets one message.
    struct Hold: Hashable {
        let until: Timestamp
        let reason: String
        /// Whether that is about the message's template, so that another one may leave in its place.
        var isOfTemplate = false
    }

    /// A part of the account that waits for a person.
    struct Stop: Hashable {
        let since: Timestamp
        /// What the partner said.
        let reason: String
    }

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
            guard free > now.advanced(by: Holds.slack) else {
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
    private struct Wait: Hashable {
        var level = 0
        var struckAt: Timestamp
        var until: Timestamp
        var words: String
    }

    private var pairs: [Int: Pair] = [:]
    private var marketing: [Int: Wait] = [:]
    private var templates: [String: Wait] = [:]
    /// What stopped until a person resumes it.
    private(set) var stops: [MetaCode.Part: Stop] = [:]

    /// Whether nothing is held, so that nobody need look at messages; the stop of a whole account holds none.
    var isEmpty: Bool {
        pairs.isEmpty && marketing.isEmpty && templates.isEmpty && stops[.marketing] == nil && stops[.templates] == nil
    }

    /// Whether a message has to wait; if so, it has a place from now on.
    mutating func hold(_ message: Addressee, at now: Timestamp) -> Hold? {
        if let stop = stop(of: message) {
            return Hold(until: now.advanced(by: Self.patience), reason: "\(stop.reason); it waits for a person")
        }
        let soon = now.advanced(by: Self.slack)
        if let wait = message.template.flatMap({ templates[$0] }), wait.until > soon {
            return Hold(until: wait.until, reason: "held back: \(wait.words)", isOfTemplate: true)
        }
        if message.isMarketing, let wait = marketing[message.recipient], wait.until > soon {
            return Hold(until: wait.until, reason: "held back: \(wait.words)")
        }
        guard let until = pairs[message.recipient]?.place(at: now), let words = pairs[message.recipient]?.words else {
            return nil
        }
        return Hold(until: until, reason: "held back: \(words)")
    }

    private func stop(of message: Addressee) -> Stop? {
        if message.template != nil, let stop = stops[.templates] { return stop }
        return message.isMarketing ? stops[.marketing] : nil
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
        case .pacePair: return pace(message.recipient, code, began: began, at: now)
        case .holdRecipient(let span, _):
            let until = now.advanced(by: span)
            forgetOld(at: now)
            guard marketing.count < Self.capacity else { return until }
            marketing[message.recipient] = Wait(struckAt: now, until: until, words: code.words)
            return until
        case .holdTemplate: return pause(message.template, code, began: began, at: now)
        case .stop(let part) where part != .account: return now.advanced(by: Self.patience)
        default: return nil
        }
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
        pairs[recipient] = Pair(level: level, struckAt: now, until: until, nextFree: next, words: code.words)
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
        guard templates[template] != nil || templates.count < Self.capacity else { return until }
        templates[template] = Wait(level: level, struckAt: now, until: until, words: code.words)
        return until
    }

    /// Notes that the partner took a message: trouble of its recipient and its template counts from the start, if it is
    /// older than the message's request.
    mutating func accepted(_ message: Addressee, began: Timestamp) {
        if let pair = pairs[message.recipient], pair.struckAt < began { pairs[message.recipient]?.level = -1 }
        if let template = message.template, let wait = templates[template], wait.struckAt < began {
            templates[template] = nil
        }
    }

    /// Stops a part of the account.
    ///
    /// - Returns: Whether it went on until now.
    mutating func stop(_ part: MetaCode.Part, because reason: String, at now: Timestamp) -> Bool {
        defer { stops[part] = Stop(since: stops[part]?.since ?? now, reason: reason) }
        return stops[part] == nil
    }

    /// A person lets all parts go on.
    ///
    /// - Returns: Those that had stopped.
    mutating func resume() -> [MetaCode.Part] {
        defer { stops = [:] }
        return MetaCode.Part.allCases.filter { stops[$0] != nil }
    }

    private mutating func forgetOld(at now: Timestamp) {
        guard pairs.count + marketing.count + templates.count >= Self.capacity else { return }
        let old = now.advanced(by: .zero - Self.memory)
        pairs = pairs.filter { max($0.value.until, $0.value.nextFree) > old }
        marketing = marketing.filter { $0.value.until > now }
        templates = templates.filter { $0.value.until > old }
    }
}
