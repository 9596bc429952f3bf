// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPValues
internal import NIOCore

/// How far the request is that a connection is receiving, and until when it must be further: a value without a clock.
///
/// Both times are totals: a byte now and then does not extend them.
struct RequestPace {
    private enum Phase {
        /// Nothing of a request has arrived.
        case idle
        case head(until: NIODeadline)
        /// Each ``HTTPLimits/bodyBytesPerSecond`` that came grant a second beyond that time.
        case body(until: NIODeadline, bytes: Int)
        /// The request's answer is out, or the request is given up; what still comes is dropped.
        case leaving(until: NIODeadline)
    }

    private let limits: HTTPLimits
    private var phase = Phase.idle
    private var answerDeadline: NIODeadline?
    /// When a byte came or an answer went, the last time.
    private var heardAt: NIODeadline?

    init(_ limits: HTTPLimits) {
        self.limits = limits
    }

    /// Whether a head or a body has begun and not ended.
    var isReceiving: Bool { if case .idle = phase { false } else { true } }

    /// Whether a head has begun and not ended.
    var isInHead: Bool { if case .head = phase { true } else { false } }

    /// Whether a body has begun and not ended.
    var isInBody: Bool { if case .body = phase { true } else { false } }

    /// Whether nothing that still comes counts.
    var isLeaving: Bool { if case .leaving = phase { true } else { false } }

    /// When to ask ``overdue(at:)`` next; `nil` while nobody is waited for.
    var deadline: NIODeadline? {
        Self.earlier(own, Self.earlier(answerDeadline, idleDeadline))
    }

    private static func earlier(_ left: NIODeadline?, _ right: NIODeadline?) -> NIODeadline? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }

    private var own: NIODeadline? {
        switch phase {
        case .idle: nil
        case .head(let until), .leaving(let until): until
        case .body(let until, let bytes): extended(until, by: bytes)
        }
    }

    private var idleDeadline: NIODeadline? {
        isLeaving ? nil : heardAt.map { $0 + TimeAmount(limits.idleTime) }
    }

    /// What is overdue.
    enum Overdue: Equatable {
        case head
        case body(bytes: Int)
        case answer
        /// Nothing was heard for too long.
        case idle
        /// The time to read the last answer is over.
        case leaving
    }

    func overdue(at now: NIODeadline) -> Overdue? {
        if let answerDeadline, answerDeadline <= now { return .answer }
        switch phase {
        case .head(let until) where until <= now: return .head
        case .leaving(let until) where until <= now: return .leaving
        case .body(let until, let bytes) where extended(until, by: bytes) <= now: return .body(bytes: bytes)
        case .idle, .head, .body, .leaving: return idleDeadline.map { $0 <= now } ?? false ? .idle : nil
        }
    }

    // MARK: What happens

    /// Notes that a byte came or an answer went.
    mutating func heard(at now: NIODeadline) {
        heardAt = now
    }

    mutating func bytesArrived(at now: NIODeadline) {
        heardAt = now
        if case .idle = phase { phase = .head(until: now + TimeAmount(limits.headTime)) }
    }

    mutating func headEnded(at now: NIODeadline) {
        phase = .body(until: now + TimeAmount(limits.bodyTime), bytes: 0)
    }

    mutating func bodyArrived(_ count: Int) {
        if case .body(let until, let bytes) = phase { phase = .body(until: until, bytes: bytes + count) }
    }

    mutating func requestEnded() {
        phase = .idle
    }

    /// The connection ends; whatever phase it was in is over.
    mutating func leave(at now: NIODeadline) {
        phase = .leaving(until: now + TimeAmount(limits.lingerTime))
        answerDeadline = nil
    }

    /// Begins the time anew, because until now the client waited for us.
    mutating func begin(at now: NIODeadline) {
        switch phase {
        case .head: phase = .head(until: now + TimeAmount(limits.headTime))
        case .body(_, let bytes): phase = .body(until: now + TimeAmount(limits.bodyTime), bytes: bytes)
        case .idle, .leaving: break
        }
    }

    /// Notes that answers wait to be read, or that they wait no longer.
    mutating func answersWait(_ isWaiting: Bool, at now: NIODeadline) {
        answerDeadline = isWaiting ? now + TimeAmount(limits.answerTime) : nil
    }

    private func extended(_ until: NIODeadline, by bytes: Int) -> NIODeadline {
        until + .seconds(Int64(bytes / limits.bodyBytesPerSecond))
    }
}
