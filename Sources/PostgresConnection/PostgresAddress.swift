// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CPostgres

/// Where a database is and who comes: `postgres://user:password@host:port/name`, as libpq reads it.
///
/// Whoever prints it, or what it stands in, sees no password.
package struct PostgresAddress: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// A keyword of libpq with its value.
    struct Setting: Hashable, Sendable {
        let keyword: String
        let value: String
        let isSecret: Bool
    }

    private(set) var settings: [Setting]

    /// Reads an address.
    ///
    /// - Parameter url: A URI of libpq's; several hosts may stand in it.
    /// - Throws: `PostgresError` of kind `address`, which does not repeat the text.
    package init(_ url: String) throws(PostgresError) {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            throw PostgresError(.address, "the address of a PostgreSQL database begins with postgres://")
        }
        guard let settings = Self.read(url) else {
            throw PostgresError(
                .address,
                "the address of the database does not read; expected postgres://user:password@host:port/name, with "
                    + "%-escapes for what is special in a URL"
            )
        }
        self.settings = Self.sorted(settings)
    }

    /// What libpq makes of a text; its words about a wrong one are dropped, since they repeat parts of it.
    private static func read(_ url: String) -> [Setting]? {
        var complaint: UnsafeMutablePointer<CChar>?
        let options = unsafe PQconninfoParse(url, &complaint)
        defer {
            unsafe PQconninfoFree(options)
            unsafe PQfreemem(complaint)
        }
        guard var option = unsafe options else { return nil }
        var settings: [Setting] = []
        // The list ends with an option without a keyword.
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                let mark = unsafe option.pointee.dispchar.map { unsafe String(cString: $0) }
                settings.append(
                    Setting(
                        keyword: unsafe String(cString: keyword),
                        value: unsafe String(cString: value),
                        isSecret: mark == "*"
                    )
                )
            }
            unsafe option += 1
        }
        return settings
    }

    /// The same address with one thing changed.
    ///
    /// - Parameters:
    ///   - keyword: A keyword of libpq, such as `dbname`; no secret one.
    ///   - value: Its value.
    /// - Returns: The address.
    package func with(_ keyword: String, _ value: String) -> PostgresAddress {
        with(Setting(keyword: keyword, value: value, isSecret: false))
    }

    /// The same address with a password.
    package func with(password: String) -> PostgresAddress {
        with(Setting(keyword: "password", value: password, isSecret: true))
    }

    private func with(_ setting: Setting) -> PostgresAddress {
        var address = self
        address.settings.removeAll { $0.keyword == setting.keyword }
        address.settings = Self.sorted(address.settings + [setting])
        return address
    }

    /// In an order of their own, so that addresses that say the same are the same.
    private static func sorted(_ settings: [Setting]) -> [Setting] {
        settings.sorted { $0.keyword < $1.keyword }
    }

    /// The value of a keyword; `nil` where the address says none.
    func value(_ keyword: String) -> String? {
        settings.first { $0.keyword == keyword }?.value
    }

    /// An address for each of its hosts, in their order.
    ///
    /// libpq tries the hosts of an address one after the other, with no deadline between them where it does not wait itself.
    package var eachHost: [PostgresAddress] {
        let (names, numbers) = (list("host"), list("hostaddr"))
        let (ports, count) = (list("port"), max(names.count, numbers.count))
        guard count > 1 else { return [self] }
        return (0..<count).map { index in
            var address = self
            for (keyword, values) in [("host", names), ("hostaddr", numbers), ("port", ports)] where values.count > 1 {
                address = address.with(keyword, index < values.count ? values[index] : "")
            }
            return address
        }
    }

    private func list(_ keyword: String) -> [String] {
        value(keyword).map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
    }

    /// The address without its secrets.
    package var description: String {
        let user = value("user").map { "\($0)@" } ?? ""
        let port = value("port").map { ":\($0)" } ?? ""
        return "postgres://\(user)\(value("host") ?? "")\(port)/\(value("dbname") ?? "")"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Words of libpq's without what is secret in the address, in one line.
    func scrubbed(_ words: String) -> String {
        let line = words.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }
            .joined(separator: "; ")
        let hasSecret = settings.contains { $0.isSecret && !$0.value.isEmpty && words.contains($0.value) }
        return hasSecret ? "what libpq says of it is left out, since it has the password" : line
    }
}
