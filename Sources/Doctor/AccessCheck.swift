// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Who else of this machine may change what the service does, or read what it keeps.
struct AccessCheck: Sendable {
    /// One file or folder with its permissions.
    struct Entry: Hashable, Sendable {
        let path: String
        /// The permission bits.
        let mode: Int
        /// Whether the file's group is the one that we run as, or root's; that it may read is how it should be.
        let isOurGroup: Bool
    }

    let configuration: [Entry]
    let rules: [Entry]
    let database: [Entry]
    let secrets: [Entry]
    /// The keys of certificates.
    var keys: [Entry] = []

    private typealias Finding = DoctorReport.Finding

    var findings: [DoctorReport.Finding] {
        let found =
            writers(configuration, "the configuration", "and so decide where messages go")
            + writers(rules, "the rules", "and so decide what is sent to whom")
            + writers(database, "the database", "and so send messages or call them off")
            + writers(secrets, "a secret", "and so post as that sender")
            + writers(keys, "the key of a certificate", "and so pose as this service")
            + readers(database, "the database", "with all customers' data in it", everyone: .wrong)
            + readers(secrets, "a secret", "and so post as that sender", everyone: .note)
            + readers(keys, "the key of a certificate", "and so pose as this service", everyone: .wrong)
        let fine = "nobody else may write configuration and rules, or read database and secrets"
        return found.isEmpty ? [.init("files", .fine, fine)] : found
    }

    private func writers(_ entries: [Entry], _ what: String, _ so: String) -> [Finding] {
        finding(
            entries.filter { $0.mode & 0o002 != 0 },
            .wrong,
            "every user of this machine may write",
            what,
            so,
            unless: "o-w"
        )
            + finding(
                entries.filter { $0.mode & 0o022 == 0o020 && !$0.isOurGroup },
                .note,
                "its group may write",
                what,
                so,
                unless: "g-w"
            )
    }

    private func readers(
        _ entries: [Entry],
        _ what: String,
        _ so: String,
        everyone verdict: DoctorReport.Verdict
    ) -> [Finding] {
        finding(
            entries.filter { $0.mode & 0o004 != 0 },
            verdict,
            "every user of this machine may read",
            what,
            so,
            unless: "o-r"
        )
            + finding(
                entries.filter { $0.mode & 0o044 == 0o040 && !$0.isOurGroup },
                .note,
                "its group may read",
                what,
                so,
                unless: "g-r"
            )
    }

    /// One sentence for all files of a kind, which names the first.
    private func finding(
        _ entries: [Entry],
        _ verdict: DoctorReport.Verdict,
        _ who: String,
        _ what: String,
        _ so: String,
        unless change: String
    ) -> [Finding] {
        guard let first = entries.first else { return [] }
        let more = entries.count > 1 ? " and \(entries.count - 1) more" : ""
        let mode = String(first.mode, radix: 8)
        let sentence = "\(who) \(what), \(so): \(first.path) (mode \(mode))\(more)"
        return [.init("files", verdict, "\(sentence); 'chmod \(change)' ends that")]
    }
}

extension AccessCheck {
    /// Looks at the files themselves; what is not there has no permissions, as a database that is in none of this machine's.
    init(configuration: String, rules: String, database: String?, secrets: [String], keys: [String] = []) {
        let below = FileManager.default.subpaths(atPath: rules)?.map { "\(rules)/\($0)" } ?? []
        let ruleFiles = below.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") || Self.isFolder($0) }
        self.configuration = Self.entries([configuration])
        self.rules = Self.entries([rules] + ruleFiles)
        self.database = Self.entries(database.map { [$0, $0 + "-wal"] } ?? [])
        self.secrets = Self.entries(secrets)
        self.keys = Self.entries(keys)
    }

    private static func entries(_ paths: [String]) -> [Entry] {
        paths.compactMap { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            // Whoever may write a folder with the sticky bit may not replace what is another's in it.
            let isSticky = status.st_mode & S_IFMT == S_IFDIR && status.st_mode & S_ISVTX != 0
            let mode = Int(status.st_mode & 0o777) & (isSticky ? 0o755 : 0o777)
            return Entry(path: path, mode: mode, isOurGroup: [0, getegid()].contains(status.st_gid))
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
