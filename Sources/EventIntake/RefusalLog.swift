// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
package import Logging
internal import Messages
internal import NIOConcurrencyHelpers
package import Outbox
internal import Traces

/// Writes down why requests were refused: in the log, and in the store for `events list --rejected`; and in the log
/// alone which bodies were taken that cannot be read, and which events could not be stored.
///
/// Strangers cause these records, and a log may stand on the disk that is full, so a flood of them must leave few: of one kind
/// the first ten within ten minutes are written, then each time their number has doubled, with the number. Metrics count every one.
package final class RefusalLog: Sendable {
    private struct Kind: Hashable {
        let source: String
        let code: String
    }
    /// Of one source and code: the first few reasons apart, and all others together under none.
    private typealias Tallies = [String: RefusalTally]

    private static let window = Duration.seconds(600)
    private static let maxReasons = 4

    private let store: @Sendable (Rejection) -> Void
    private let logger: Logger
    private let tallies = NIOLockedValueBox<[Kind: Tallies]>([:])

    /// - Parameters:
    ///   - logger: Receives a line for each record.
    ///   - store: Keeps a record; must not wait.
    package init(logger: Logger, store: @escaping @Sendable (Rejection) -> Void) {
        self.logger = logger
        self.store = store
    }

    /// Writes a refusal down, or only counts it.
    ///
    /// - Parameters:
    ///   - rejection: The refusal, under a name of the configuration, or under one that all strangers share.
    ///   - name: The name to write instead, which may be a stranger's own; made only when it is written.
    package func record(_ rejection: Rejection, named name: (() -> String)? = nil) {
        write(rejection, as: .notice, "a request was refused") { count in
            let written = Rejection(
                at: rejection.at,
                source: name?() ?? rejection.source,
                status: rejection.status,
                code: rejection.code,
                reason: rejection.reason,
                count: count
            )
            store(written)
            return [
                "source": "\(written.source)", "status": "\(written.status)", "code": "\(written.code)",
                "reason": "\(written.reason)",
            ]
        }
    }

    /// Writes down that a body was kept which cannot be read, or only counts it; without a word of the body.
    ///
    /// - Parameters:
    ///   - event: What was stored; the reason in it names places, never what stands there.
    ///   - reason: Why it cannot be read.
    func record(parked event: NewEvent, because reason: String) {
        let alike = Rejection(at: event.receivedAt, source: event.source, status: 200, code: "parked", reason: reason)
        write(alike, as: .warning, "a body cannot be read; it is kept, and nothing is sent for it") { _ in
            ["source": "\(event.source)", "event.id": "\(event.id)", "reason": "\(reason)"]
                .with(event.trace)
        }
    }

    /// Writes down that an event could not be stored, or only counts it.
    ///
    /// - Parameters:
    ///   - error: Why; no secret and no phone number is in it.
    ///   - source: Whose event it was.
    ///   - now: What time it is.
    ///   - trace: Where its acceptance stands; `nil` when it is in no trace.
    func record(unstored error: StoreError, of source: String, at now: Timestamp, _ trace: TraceContext? = nil) {
        let alike = Rejection(at: now, source: source, status: 503, code: "\(error.code)", reason: error.reason)
        write(alike, as: .error, "an event could not be stored; its sender was asked to come again") { _ in
            ["source": "\(source)", "code": "\(error.code)", "reason": "\(error.reason)"]
                .with(trace)
        }
    }

    /// Writes one of a kind down, or only counts it.
    ///
    /// - Parameters:
    ///   - alike: What makes its kind.
    ///   - level: How much it matters.
    ///   - message: What happened.
    ///   - facts: What is to be known of it, made only when it is written; told how many it stands for.
    private func write(
        _ alike: Rejection,
        as level: Logger.Level,
        _ message: Logger.Message,
        facts: (_ count: Int) -> Logger.Metadata
    ) {
        guard let unwritten = count(alike) else { return }
        var metadata = facts(unwritten + 1)
        metadata["count"] = "\(unwritten + 1)"
        logger.log(level: level, message, metadata: metadata)
    }

    /// How many of the kind were not written since the last that was; `nil` when this is one more of them.
    ///
    /// A flood gets no further than here: a look-up, and nothing that grows with what strangers send.
    private func count(_ rejection: Rejection) -> Int? {
        let kind = Kind(source: rejection.source, code: rejection.code)
        var reason = Self.pattern(rejection.reason)
        return tallies.withLockedValue { tallies in
            if tallies[kind]?[reason] == nil, !Self.isRoom(in: &tallies[kind, default: [:]], at: rejection.at) {
                reason = ""
            }
            return tallies[kind, default: [:]][reason, default: RefusalTally(since: rejection.at)]
                .add(at: rejection.at, window: Self.window)
        }
    }

    /// A reason without its digits: ages and sizes differ from one request to the next, what is wrong does not.
    private static func pattern(_ reason: String) -> String {
        func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
        guard reason.utf8.contains(where: isDigit) else { return reason }
        var rest: [UInt8] = []
        rest.reserveCapacity(reason.utf8.count)
        for byte in reason.utf8 where !isDigit(byte) { rest.append(byte) }
        return String(decoding: rest, as: UTF8.self)
    }

    /// Whether one more reason can be counted apart.
    private static func isRoom(in tallies: inout Tallies, at now: Timestamp) -> Bool {
        func count() -> Int { tallies.count - (tallies[""] == nil ? 0 : 1) }
        guard count() >= maxReasons else { return true }
        tallies = tallies.filter { $0.key.isEmpty || !$0.value.isOver(at: now, window: window) }
        return count() < maxReasons
    }
}

/// How many refusals of one kind there were in a window, and which of them are written.
struct RefusalTally {
    private static let alwaysWritten = 10

    private var since: Timestamp
    private var count = 0
    private var unwritten = 0

    init(since: Timestamp) {
        self.since = since
    }

    /// Counts one.
    ///
    /// - Returns: How many were not written since the last that was; `nil` when this one is not written either.
    mutating func add(at now: Timestamp, window: Duration) -> Int? {
        if isOver(at: now, window: window) { (since, count) = (now, 0) }
        count += 1
        let doubles = count.isMultiple(of: Self.alwaysWritten) && (count / Self.alwaysWritten).nonzeroBitCount == 1
        guard count <= Self.alwaysWritten || doubles else {
            unwritten += 1
            return nil
        }
        defer { unwritten = 0 }
        return unwritten
    }

    /// Whether the window is over, or the machine's clock was set back before it.
    func isOver(at now: Timestamp, window: Duration) -> Bool {
        now < since || since.duration(to: now) >= window
    }
}
