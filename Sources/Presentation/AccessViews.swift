// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Outbox

/// A new token of the admin API with its text, which nobody can read again.
package struct IssuedToken: Sendable {
    /// The token as the store keeps it.
    package let token: AccessToken
    /// What its holder shows.
    package let text: TokenText

    /// Draws a new token.
    ///
    /// - Parameters:
    ///   - name: Whose it is.
    ///   - scope: What it may do.
    ///   - seesPersonalData: Whether its holder sees phone numbers and payloads.
    ///   - lifetime: How long it opens anything; `nil` for ever.
    ///   - now: The time now.
    package init(name: String, scope: AccessScope, seesPersonalData: Bool, lifetime: Duration?, at now: Timestamp) {
        text = TokenText(drawnFor: scope)
        token = AccessToken(
            id: SortableID.make("tok_", at: now),
            name: name,
            scope: scope,
            seesPersonalData: seesPersonalData,
            fingerprint: text.fingerprint,
            createdAt: now,
            expiresAt: lifetime.map(now.advanced)
        )
    }

    /// The token for people, this once.
    package var description: String {
        FieldList.render([
            ("token", text.secret), ("id", token.id), ("name", token.name), ("scope", token.scopes),
            ("expires", token.expiresAt?.rfc3339 ?? "never"),
        ]) + "\nThe token is shown this once and kept nowhere; whoever loses it needs a new one.\n"
    }

    /// The token as `--json` shows it, this once.
    ///
    /// - Parameter now: The time now.
    /// - Returns: The token with its text as `token`.
    package func json(at now: Timestamp) -> JSON {
        token.json(at: now).adding(["token": .string(text.secret)])
    }
}

extension AccessToken {
    /// Its scope in words.
    fileprivate var scopes: String { scope.rawValue + (seesPersonalData ? ", pii" : "") }

    /// The token as `--json` shows it.
    ///
    /// - Parameter now: The time now.
    /// - Returns: All but its text, which is kept nowhere.
    package func json(at now: Timestamp) -> JSON {
        [
            "id": .string(id), "name": .string(name), "scope": .string(scope.rawValue), "pii": .bool(seesPersonalData),
            "state": .string(state(at: now).rawValue), "created_at": .string(createdAt.rfc3339),
            "expires_at": expiresAt.json, "last_used_at": lastUsedAt.json, "revoked_at": revokedAt.json,
        ]
    }
}

/// Tokens and the audit log as the command line shows them.
package enum AccessViews {
    /// Tokens, one a line.
    ///
    /// - Parameters:
    ///   - tokens: In the order to show.
    ///   - now: The time now.
    /// - Returns: A table.
    package static func table(_ tokens: [AccessToken], at now: Timestamp) -> String {
        TextTable.render(
            titles: ["TOKEN", "NAME", "SCOPE", "STATE", "CREATED", "EXPIRES", "LAST USED"],
            rows: tokens.map { token in
                [
                    token.id, token.name, token.scopes, token.state(at: now).rawValue, token.createdAt.rfc3339,
                    token.expiresAt?.rfc3339 ?? "never", token.lastUsedAt?.rfc3339 ?? "-",
                ]
            }
        )
    }

    /// Lines of the audit log.
    ///
    /// - Parameter lines: In the order to show.
    /// - Returns: A table.
    package static func table(_ lines: [AuditLine]) -> String {
        TextTable.render(
            titles: ["TIME", "WHO", "ACTION", "ON", "COUNT", "RESULT", "DETAIL", "WHY"],
            rows: lines.map { line in
                [
                    line.at.rfc3339, line.who.description, line.action, line.subject.isEmpty ? "-" : line.subject,
                    String(line.count), line.result.rawValue, line.detail, line.reason ?? "",
                ]
            }
        )
    }
}

extension AuditLine {
    /// The line as `--json` shows it.
    package var json: JSON {
        [
            "at": .string(at.rfc3339), "who": .string(who.name), "actor": .string(who.kind.rawValue),
            "action": .string(action), "subject": .string(subject), "count": .number(JSONNumber(count)),
            "result": .string(result.rawValue), "detail": .string(detail),
            "reason": reason.map(JSON.string) ?? .null,
        ]
    }
}
