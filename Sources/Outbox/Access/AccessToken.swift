// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// What a token may do: each scope may do what those before it may.
package enum AccessScope: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Look.
    case read
    /// Decide about messages, events, accounts and consent.
    case `operate`
    /// Give and take access.
    case admin

    package static func < (left: AccessScope, right: AccessScope) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A token of the admin API as it is kept; its text is not in it.
package struct AccessToken: Hashable, Sendable {
    /// How people and the store name it: `tok_` and 26 letters and digits.
    package let id: String
    /// Whose it is, in the words of whoever made it; no two that are live have the same.
    package let name: String
    /// What it may do.
    package let scope: AccessScope
    /// Whether its holder sees phone numbers and payloads.
    package let seesPersonalData: Bool
    /// The SHA-256 of its text.
    ///
    /// The text is 256 random bits that we drew ourselves: a salt or a slow hash would protect nothing.
    package let fingerprint: [UInt8]
    /// When it was made.
    package let createdAt: Timestamp
    /// From when on it opens nothing any more; `nil` for never.
    package let expiresAt: Timestamp?
    /// When it was used, to the hour; `nil` when it never was.
    package var lastUsedAt: Timestamp?
    /// Since when it opens nothing any more; `nil` while nobody has revoked it.
    package var revokedAt: Timestamp?

    package init(
        id: String,
        name: String,
        scope: AccessScope,
        seesPersonalData: Bool,
        fingerprint: [UInt8],
        createdAt: Timestamp,
        expiresAt: Timestamp?,
        lastUsedAt: Timestamp? = nil,
        revokedAt: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.scope = scope
        self.seesPersonalData = seesPersonalData
        self.fingerprint = fingerprint
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.revokedAt = revokedAt
    }

    /// Where a token stands.
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// It opens what its scope says.
        case live
        /// Its time is over.
        case expired
        /// Somebody took it back.
        case revoked
    }

    /// Where it stands.
    ///
    /// - Parameter now: The time now.
    /// - Returns: Only a live one opens anything.
    package func state(at now: Timestamp) -> State {
        if revokedAt != nil { return .revoked }
        return expiresAt.map { $0 <= now } ?? false ? .expired : .live
    }

    /// How long a use is not written down again: a write a request would cost more than the request.
    private static let useInterval: Duration = .seconds(3_600)

    /// Whether a use is to be written down.
    ///
    /// - Parameter now: The time now.
    /// - Returns: `true` an hour after the last one that was, and when the clock was set back over it.
    package func isUseWorthWriting(at now: Timestamp) -> Bool {
        guard let lastUsedAt else { return true }
        return now < lastUsedAt || lastUsedAt.duration(to: now) >= Self.useInterval
    }

    /// Whether another may have its name: only one live token does, so that a name says who did something.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - tokens: All that there are.
    ///   - now: The time now.
    /// - Returns: Whether no live one has it.
    package static func isFree(_ name: String, among tokens: [AccessToken], at now: Timestamp) -> Bool {
        !tokens.contains { $0.name == name && $0.state(at: now) == .live }
    }
}
