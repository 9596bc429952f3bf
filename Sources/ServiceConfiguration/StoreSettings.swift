// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
package import PostgresConnection
package import PostgresOutbox
internal import Rules

extension Settings {
    /// Where events and messages live.
    package enum StoreLocation: Hashable, Sendable {
        /// One SQLite database in this file.
        case sqlite(path: String)
        /// A database that nodes share.
        case postgres(PostgresSettings)
    }
}

extension Settings.StoreLocation: CustomStringConvertible {
    /// What people call it; without a password.
    package var description: String {
        switch self {
        case .sqlite(let path): path
        case .postgres(let settings): settings.address.description
        }
    }
}

/// A store on PostgreSQL, as the configuration has it.
package struct PostgresSettings: Hashable, Sendable {
    /// The database.
    package var address: PostgresAddress
    /// The database without the pooler that stands before it; `nil` where none does.
    package var listen: PostgresAddress?
    /// In which pieces the tables are; what the database says where nothing is said.
    package var partitions: PostgresPartitions?
    /// Whether statements are prepared once a connection, where that works.
    package var prepares = true
    /// The folder of what this node keeps of the partner's templates.
    package var templates: String

    package init(address: PostgresAddress, templates: String) {
        (self.address, self.templates) = (address, templates)
    }
}

extension SettingsReader {
    mutating func store(_ text: String, _ node: YAMLNode?) -> Settings.StoreLocation {
        let scheme = "sqlite:"
        if text.hasPrefix(scheme), text.count > scheme.count {
            return .sqlite(path: beside(String(text.dropFirst(scheme.count))))
        }
        if text.hasPrefix("postgres") {
            guard let address = postgresAddress(text, node) else { return .sqlite(path: "") }
            return .postgres(PostgresSettings(address: address, templates: templates))
        }
        let shown = text.prefix { $0 != ":" }
        let kinds = "sqlite:PATH or postgres://USER@HOST/DATABASE"
        if let node { add(.invalidValue, at: node.location, "found a store of the kind '\(shown)'; expected \(kinds)") }
        return .sqlite(path: "")
    }

    /// Where a node keeps what it read of the partner's templates, so that it knows them when it starts.
    private var templates: String {
        let state = environment.variables["STATE_DIRECTORY"]?.split(separator: ":").first.map { $0 + "/" } ?? ""
        return beside(state + "hookline.templates")
    }

    /// The address of a database; `nil` for one that was reported.
    private mutating func postgresAddress(_ text: String, _ node: YAMLNode?) -> PostgresAddress? {
        do throws(PostgresError) {
            return try PostgresAddress(text)
        } catch {
            if let node { add(.invalidValue, at: node.location, error.reason) }
            return nil
        }
    }

    /// Puts what stands at the key `postgres` beside the address.
    mutating func postgres(_ node: YAMLNode?, _ location: inout Settings.StoreLocation) {
        guard let node else { return }
        guard case .postgres(var settings) = location else {
            let found = "'postgres' is about a store on PostgreSQL, and 'store' names a file: nothing of it is used"
            add(.unusedKey, at: node.location, found, hint: "write 'store: postgres://…', or take it out")
            return
        }
        SettingsSpecification.postgres.read(node, &self, &settings)
        location = .postgres(settings)
    }

    /// The address with its password, where one stands beside it.
    mutating func password(_ node: YAMLNode?, _ settings: inout PostgresSettings) {
        guard let password = secret(node, what: "password") else { return }
        settings.address = settings.address.with(password: password)
        settings.listen = settings.listen?.with(password: password)
    }

    mutating func listen(_ node: YAMLNode?, _ settings: inout PostgresSettings) {
        guard let node, let text = node.text else { return }
        settings.listen = postgresAddress(text, node)
    }
}

extension SettingsSpecification {
    /// The keys of a store on PostgreSQL.
    static let postgres = Specification<PostgresSettings>(
        "postgres",
        "A store on PostgreSQL.",
        [
            Setting("listen", "The database without the pooler that stands before it; postgres://… as in store.") {
                $1.listen($0, &$2)
            },
            Setting("password", "The password, as any secret; what libpq finds by itself if left out.") {
                $1.password($0, &$2)
            },
            Setting(
                "partitions",
                shape: .choice(["none", "week", "day"]),
                "In which pieces the tables are made; what the database says if left out, and in a new one week."
            ) { $2.partitions = $0?.text.flatMap(PostgresPartitions.init) },
            .value(
                "prepared",
                \.prepares,
                shape: .choice(["auto", "off"]),
                fallback: "auto",
                "Whether statements are prepared; off for a pooler that forgets them."
            ) { text, _, _ in text == "auto" },
        ]
    )
}
