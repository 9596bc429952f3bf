// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import Events
internal import Foundation
internal import Messages
internal import PartnerAPI
internal import PartnerClient
internal import Webhooks

/// An account of the configuration while its keys are read.
struct AccountDraft {
    var address: YAMLNode?
    var key: String?
    var secret: String?
    var numberID: String?
    var rate: Rate?
    var numberRate: Rate?
    var maxInFlight = 0
    var pairInterval: Duration?
    var pairBurst = 1
    var uncertainLimit = 0
}

/// A portfolio of the configuration while its keys are read.
struct PortfolioDraft {
    /// Meta's limits, as one writes them; without a number for none.
    static let limits: [(word: String, recipients: Int?)] = [
        ("250", 250), ("2000", 2_000), ("10000", 10_000), ("100000", 100_000), ("unlimited", nil),
    ]

    var limit: Int?
    var accounts: [String] = []
}

extension SettingsReader {
    /// The accounts in their order, without those that were reported.
    mutating func accounts(_ node: YAMLNode?) -> [AccountSettings] {
        let accounts = (node?.entries ?? []).compactMap { account($0) }
        if accounts.isEmpty, let node, node.entries?.isEmpty == true {
            add(.invalidValue, at: node.location, "found no account; expected at least one")
        }
        return accounts
    }

    private mutating func account(_ entry: YAMLEntry) -> AccountSettings? {
        var draft = AccountDraft()
        SettingsSpecification.account.read(entry.value, &self, &draft)
        let url = draft.address.map(\.text) ?? PartnerAddress.standard(for: draft.key)
        guard let url else { return nil }
        do {
            // An address is checked beside a missing secret, too; the account is then used for nothing.
            return AccountSettings(
                partner: try PartnerAccount(
                    name: entry.key,
                    baseURL: url,
                    apiKey: .init(draft.key ?? "missing"),
                    apiSecret: .init(draft.secret ?? "missing")
                ),
                numberID: draft.numberID,
                rate: draft.rate,
                numberRate: draft.numberRate,
                maxInFlight: draft.maxInFlight,
                pairInterval: draft.pairInterval.flatMap { $0 > .zero ? $0 : nil },
                pairBurst: draft.pairBurst,
                uncertainLimit: draft.uncertainLimit
            )
        } catch {
            add(.invalidValue, at: (draft.address ?? entry.value).location, error.description)
            return nil
        }
    }
}

/// A limit of the configuration while its keys are read.
struct LimitDraft {
    var count = 1
    var every: Duration = .zero
    var scope = SendLimit.Scope.recipient
    var excess = SendLimit.Excess.drop
    var categories: [MessageCategory] = []
}

// MARK: Portfolios

extension SettingsReader {
    /// The limits over all rules; one without span or category was reported.
    mutating func limits(_ node: YAMLNode?) -> [NamedLimit] {
        (node?.entries ?? []).compactMap { entry in
            var draft = LimitDraft()
            SettingsSpecification.limit.read(entry.value, &self, &draft)
            if draft.every <= .zero {
                add(.invalidValue, at: entry.keyLocation, "found a limit in no time at all; expected a span in 'every'")
            }
            guard draft.every > .zero, !draft.categories.isEmpty else { return nil }
            let limit = SendLimit(count: draft.count, every: draft.every, scope: draft.scope, excess: draft.excess)
            return NamedLimit(name: entry.key, limit: limit, categories: Set(draft.categories))
        }
    }

    /// The portfolios that have a limit; an account belongs to one at most.
    mutating func portfolios(_ node: YAMLNode?, accounts: [String]) -> [PortfolioSettings] {
        let drafts = (node?.entries ?? []).map { entry in
            var draft = PortfolioDraft()
            SettingsSpecification.portfolio.read(entry.value, &self, &draft)
            return (entry: entry, draft: draft)
        }
        let named = namedAccounts(drafts, of: accounts)
        let unnamed = drafts.filter(\.draft.accounts.isEmpty)
        for (entry, _) in unnamed.dropFirst() {
            let other = "and so has '\(unnamed[0].entry.key)', so that they would share accounts"
            add(
                .invalidValue,
                at: entry.keyLocation,
                "the portfolio '\(entry.key)' has no accounts, \(other); expected 'accounts' in all but one"
            )
        }
        return drafts.compactMap { entry, draft in
            let members = draft.accounts.isEmpty ? accounts.filter { !named.contains($0) } : draft.accounts
            return draft.limit.map { PortfolioSettings(name: entry.key, recipients: $0, accounts: members) }
        }
    }
}

extension SettingsReader {
    /// The accounts that portfolios name; reports those that cannot stand where they do.
    private mutating func namedAccounts(
        _ drafts: [(entry: YAMLEntry, draft: PortfolioDraft)],
        of accounts: [String]
    ) -> Set<String> {
        var named: [String: String] = [:]
        for (entry, draft) in drafts {
            for account in draft.accounts {
                let other = named.updateValue(entry.key, forKey: account)
                guard !accounts.contains(account) || other != nil else { continue }
                let known =
                    !accounts.contains(account)
                    ? "is none of the configuration"
                    : other == entry.key ? "stands there twice" : "stands in two portfolios"
                add(.invalidValue, at: entry.keyLocation, "found the account '\(account)', which \(known)")
            }
        }
        return Set(named.keys)
    }
}

// MARK: Secrets

extension SettingsReader {
    /// What a secret's entry stands for; reports an empty one, and a file that cannot be read.
    mutating func secret(_ node: YAMLNode?, what: String) -> String? {
        guard let node, let text = node.scalar?.text, !node.isBroken else { return nil }
        var value = text
        if let file = secretFile(text) {
            guard let bytes = environment.readFile(file) else {
                guard needsSecrets else { return Self.missingSecret }
                add(
                    .invalidValue,
                    at: node.location,
                    "the file '\(file)' of the \(what) cannot be read; expected its text"
                )
                return nil
            }
            secretFiles.append(file)
            guard let content = SecretFile.read(bytes) else {
                add(
                    .notUTF8,
                    at: node.location,
                    "the file '\(file)' of the \(what) \(SecretFile.mistake(bytes)); expected a text in UTF-8"
                )
                return nil
            }
            value = content
        }
        value = value.trimmingCharacters(in: .whitespacesAndNewlines)
        if !value.isEmpty { return value }
        add(
            .invalidValue,
            at: node.location,
            "the \(what) is empty; expected a text, ${ENV}, file:PATH or credential:NAME"
        )
        return nil
    }

    /// What records call a secret: the variable, file or credential that it comes from.
    ///
    /// A position would change its meaning when a newer secret is put in front; a secret that stands in the
    /// configuration itself has nothing better.
    private func label(of node: YAMLNode) -> String? {
        if let variable = variables[node.location] { return variable }
        guard let text = node.text else { return nil }
        for scheme in ["file:", "credential:"] where text.hasPrefix(scheme) {
            return (String(text.dropFirst(scheme.count)) as NSString).lastPathComponent
        }
        return nil
    }

    /// The file that holds a secret, if it is in one.
    func secretFile(_ text: String) -> String? {
        if text.hasPrefix("file:") { return beside(String(text.dropFirst("file:".count))) }
        guard text.hasPrefix("credential:") else { return nil }
        let (folder, name) = (environment.variables["CREDENTIALS_DIRECTORY"] ?? "", text.dropFirst("credential:".count))
        // Of a folder of credentials (`LoadCredential=hookline:FOLDER`) systemd makes one each, with the first name before it.
        let paths = [folder + "/" + name, folder + "/hookline_" + name]
        return paths.first { environment.readFile($0) != nil } ?? paths[0]
    }

    /// The secrets of a source that can be read, each with what records call it.
    mutating func secrets(_ node: YAMLNode?) -> [Secret] {
        var secrets: [Secret] = []
        for (position, node) in (node?.elements ?? []).enumerated() {
            guard let text = secret(node, what: "secret") else { continue }
            secrets.append(.init(text, label: label(of: node) ?? "secrets[\(position)]"))
        }
        return secrets
    }

    /// When the files of secrets were last written, by what records call each.
    ///
    /// A credential's file is systemd's copy, made at the start: it says nothing of the secret.
    func secretsWritten(_ node: YAMLNode?) -> [String: Timestamp] {
        var times: [String: Timestamp] = [:]
        for node in node?.elements ?? [] {
            guard let text = node.text, text.hasPrefix("file:"), let label = label(of: node),
                let file = secretFile(text)
            else { continue }
            times[label] = environment.writtenAt(file)
        }
        return times
    }
}

/// The text of a secret's file: UTF-8, and editors of Windows put a mark in front of it that is no part of the secret.
private enum SecretFile {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The text without a byte order mark; `nil` when it is none.
    ///
    /// With replaced bytes every signature would be refused, and nobody would know why.
    static func read(_ bytes: [UInt8]) -> String? {
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes[...]
        guard !text.contains(0) else { return nil }
        return String(validating: text, as: UTF8.self)
    }

    /// What is wrong with a file that is no text; no byte of it.
    static func mistake(_ bytes: [UInt8]) -> String {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "is saved as UTF-16" }
        return bytes.contains(0) ? "has bytes of zero, as a binary file has" : "is not UTF-8"
    }
}
