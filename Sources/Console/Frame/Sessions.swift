// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import NIOConcurrencyHelpers

/// Who is signed in: in memory, so that a restart signs everybody out.
///
/// A session is nothing but a way to show a token: it holds the token's fingerprint, and what it may do is asked of the
/// store with every request. So it ends with its token, and never may more. The cookie's text is kept as its SHA-256.
final class Sessions: Sendable {
    /// A session that lives.
    struct Session: Hashable, Sendable {
        /// By what its token is found.
        let token: [UInt8]
        /// Whether the browser came over HTTPS.
        let isSecure: Bool
        /// When it began.
        let since: Timestamp
        /// When it was used last.
        var usedAt: Timestamp
        /// What the next page says once.
        var note: String?
    }

    /// So long after its last use it ends.
    static let idle = Duration.seconds(12 * 3_600)
    /// So long after its beginning it ends, whoever uses it.
    static let longest = Duration.seconds(7 * 86_400)
    /// The most at a time; one more ends the one that was used least lately.
    static let most = 1_000
    /// The most of one token, so that its holder ends nobody else's.
    static let mostOfToken = 20

    private let all = NIOLockedValueBox<[[UInt8]: Session]>([:])

    /// Begins a session.
    ///
    /// - Returns: The text for the cookie: 256 random bits in base 16.
    func begin(_ token: [UInt8], isSecure: Bool, at now: Timestamp) -> String {
        let text = Self.randomText()
        all.withLockedValue { all in
            let mine = all.filter { $0.value.token == token }
            let crowd = mine.count >= Self.mostOfToken ? mine : all.count >= Self.most ? all : [:]
            if let oldest = crowd.min(by: { $0.value.usedAt < $1.value.usedAt }) { all[oldest.key] = nil }
            all[Fingerprint(of: text).bytes] = Session(token: token, isSecure: isSecure, since: now, usedAt: now)
        }
        return text
    }

    /// The session of a cookie.
    ///
    /// - Parameters:
    ///   - text: The cookie's value.
    ///   - isSecure: Whether it came under the name that only HTTPS can set.
    ///   - now: The time now.
    ///   - counts: Whether a person looks: what a script asks does not keep a session.
    /// - Returns: `nil` when there is none, or its time is over.
    func find(_ text: String, isSecure: Bool, at now: Timestamp, counts: Bool = true) -> Session? {
        let key = Fingerprint(of: text).bytes
        return all.withLockedValue { all in
            guard var session = all[key], session.isSecure == isSecure else { return nil }
            guard Self.isAlive(session, at: now) else {
                all[key] = nil
                return nil
            }
            if counts { session.usedAt = max(now, session.usedAt) }
            all[key] = session
            return session
        }
    }

    /// Leaves a note for the session's next page.
    func leave(_ note: String, for text: String) {
        all.withLockedValue { $0[Fingerprint(of: text).bytes]?.note = note }
    }

    /// The note that was left, which is gone then.
    func takeNote(for text: String) -> String? {
        let key = Fingerprint(of: text).bytes
        return all.withLockedValue { all in
            let note = all[key]?.note
            all[key]?.note = nil
            return note
        }
    }

    /// Ends a session.
    func end(_ text: String) {
        all.withLockedValue { $0[Fingerprint(of: text).bytes] = nil }
    }

    private static func isAlive(_ session: Session, at now: Timestamp) -> Bool {
        session.usedAt.duration(to: now) < idle && session.since.duration(to: now) < longest
    }

    /// 256 random bits in base 16.
    static func randomText() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in
            let byte = UInt8.random(in: 0...255, using: &generator)
            return String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
