// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
internal import DurableAPI
internal import Events
internal import Foundation
internal import HTTPValues
internal import Logging
internal import Messages
internal import PartnerClient
internal import PhoneNumbers
internal import Rules
internal import Webhooks

/// Reads `hookline.yaml` and reports everything that is wrong with it, each with its place.
///
/// Paths are relative to the file's folder. A secret is `${ENV}`, `file:PATH`, `credential:NAME` (a file in systemd's
/// credentials folder) or, for trials, the text itself; white space at its ends does not count. No message shows one.
package struct SettingsReader {
    private let path: String
    let environment: SettingsEnvironment
    private let needsSecrets: Bool
    private var diagnostics: [Diagnostic] = []
    /// How log lines look, as far as the file could be read: also what is wrong with the rest is said so.
    package private(set) var logFormat = Settings.LogFormat.text
    /// The files that hold secrets, in the order of the configuration.
    package private(set) var secretFiles: [String] = []
    /// The variables that texts were before their values were put in, by place.
    private var variables: [SourceLocation: String] = [:]
    /// What stands for a secret that a tool does not need.
    ///
    /// Any encoding of keys can read it as hex or base64.
    private static let missingSecret = "00000000000000000000000000000000"

    /// A reader for one file.
    ///
    /// - Parameters:
    ///   - path: The file; its content is read by ``read()``.
    ///   - environment: What the file may refer to.
    ///   - needsSecrets: `false` for a tool that signs in nowhere: then a variable or file that is missing counts as
    ///     some text, so that the tool works where the secrets are not.
    package init(path: String, environment: SettingsEnvironment = .process, needsSecrets: Bool = true) {
        self.path = path
        self.needsSecrets = needsSecrets
        self.environment = environment
    }

    /// Reads the file.
    ///
    /// - Returns: The settings, `nil` when there are errors; and everything that was found, by place.
    package mutating func read() -> (settings: Settings?, diagnostics: [Diagnostic]) {
        let settings = readFile()
        let hasErrors = diagnostics.contains { $0.severity == .error }
        return (hasErrors ? nil : settings, diagnostics.sorted())
    }

    private mutating func readFile() -> Settings? {
        let start = SourceLocation(file: path, line: 1, column: 1)
        guard let bytes = environment.readFile(path) else {
            add(.fileUnreadable, at: start, "the configuration cannot be read; expected a file")
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            add(.notUTF8, at: start, "found bytes that are not UTF-8; expected a file saved as UTF-8")
            return nil
        }
        let (root, found) = YAMLFile.read(path: path, bytes: Array(Interpolation.mask(text).utf8))
        diagnostics += found
        guard let root, found.isEmpty else { return nil }
        let resolved = resolve(root)
        logFormat = resolved["log"]?["format"]?.text.flatMap { Settings.LogFormat(rawValue: $0) } ?? .text
        var checker = ShapeChecker()
        checker.check(resolved, .object(SettingsShape.file))
        diagnostics += checker.diagnostics
        // What has the wrong shape reads as absent from here on, so that the rest is checked in the same run.
        return settings(resolved)
    }

    mutating func add(_ id: DiagnosticID, at location: SourceLocation, _ message: String, hint: String? = nil) {
        guard !diagnostics.contains(where: { $0.location == location }) else { return }
        diagnostics.append(Diagnostic(id, at: location, message, hint: hint))
    }

    /// The tree with the environment's values in it; what names an unset variable is reported and left broken.
    private mutating func resolve(_ node: YAMLNode) -> YAMLNode {
        switch node.content {
        case .broken: return node
        case .sequence(let elements):
            return YAMLNode(content: .sequence(elements.map { resolve($0) }), location: node.location)
        case .mapping(let entries):
            let resolved = entries.map { YAMLEntry(key: $0.key, keyLocation: $0.keyLocation, value: resolve($0.value)) }
            return YAMLNode(content: .mapping(resolved), location: node.location)
        case .scalar(let scalar):
            switch Interpolation.resolve(scalar.text, environment.variables) {
            case .value(let text) where text == scalar.text: return node
            case .value(let text):
                variables[node.location] = Interpolation.soleVariable(scalar.text)
                return YAMLNode(content: .scalar(YAMLScalar(text: text, style: .doubleQuoted)), location: node.location)
            case .unset where !needsSecrets:
                return YAMLNode(
                    content: .scalar(YAMLScalar(text: Self.missingSecret, style: .doubleQuoted)),
                    location: node.location
                )
            case .unset(let names):
                let list = names.joined(separator: ", ")
                add(.invalidValue, at: node.location, "the environment has no \(list); expected it to be set")
                return YAMLNode(content: .broken, location: node.location)
            }
        }
    }

    // MARK: The parts

    private mutating func settings(_ root: YAMLNode) -> Settings {
        let accounts = (root["accounts"]?.entries ?? []).compactMap { account($0) }
        let sources = (root["sources"]?.entries ?? []).compactMap { source($0) }
        var lookUps: [String: LookUpSettings] = [:]
        for entry in root["sources"]?.entries ?? [] { lookUps[entry.key] = self.lookUps(entry) }
        requireUniquePaths(sources, root)
        if accounts.isEmpty, let node = root["accounts"], node.entries?.isEmpty == true {
            add(.invalidValue, at: node.location, "found no account; expected at least one")
        }
        return Settings(
            listen: address(root["listen"]) ?? ListenAddress(host: "127.0.0.1", port: 8_080),
            adminListen: address(root["admin"]?["listen"]) ?? ListenAddress(host: "127.0.0.1", port: 8_081),
            store: store(root["store"]),
            storeTimeout: duration(root["store_timeout"]) ?? .seconds(2),
            rules: beside(root["rules"]?.text ?? "rules"),
            numberingPlans: numberingPlans(root["numbering_plans"]),
            accounts: accounts,
            sources: sources,
            lookUps: lookUps,
            transport: transport(root["transport"]),
            retention: duration(root["retention"]) ?? .seconds(90 * 86_400),
            drain: duration(root["drain"]) ?? .seconds(20),
            logLevel: root["log"]?["level"]?.text.flatMap { Logger.Level(rawValue: $0) } ?? .info,
            logFormat: logFormat
        )
    }

    private mutating func address(_ node: YAMLNode?) -> ListenAddress? {
        guard let node, let text = node.text else { return nil }
        if let address = ListenAddress(text) { return address }
        add(.invalidValue, at: node.location, "found '\(text)'; expected host:port, such as 127.0.0.1:8080")
        return nil
    }

    private mutating func store(_ node: YAMLNode?) -> Settings.StoreLocation {
        guard let node, let text = node.text else { return .sqlite(path: beside("hookline.db")) }
        let scheme = "sqlite:"
        if text.hasPrefix(scheme), text.count > scheme.count {
            return .sqlite(path: beside(String(text.dropFirst(scheme.count))))
        }
        let shown = text.prefix { $0 != ":" }
        add(.invalidValue, at: node.location, "found a store of the kind '\(shown)'; expected sqlite:PATH")
        return .sqlite(path: "")
    }

    private mutating func account(_ entry: YAMLEntry) -> AccountSettings? {
        let node = entry.value
        let key = secret(node["api_key"], what: "API key")
        let secret = secret(node["api_secret"], what: "API secret")
        let rate = rate(node["rate"])
        guard let address = node["base_url"], let url = address.text else { return nil }
        do {
            // An address is checked beside a missing secret, too; the account is then used for nothing.
            let (key, secret) = (key ?? "missing", secret ?? "missing")
            return AccountSettings(
                partner: try PartnerAccount(
                    name: entry.key,
                    baseURL: url,
                    apiKey: .init(key),
                    apiSecret: .init(secret)
                ),
                rate: rate,
                maxInFlight: node["max_in_flight"]?.text.flatMap { Int($0) } ?? 32
            )
        } catch {
            add(.invalidValue, at: address.location, error.description)
            return nil
        }
    }

    private func transport(_ node: YAMLNode?) -> TransportSettings {
        var transport = TransportSettings()
        if let timeout = duration(node?["connect_timeout"]) { transport.connectTimeout = timeout }
        if let timeout = duration(node?["timeout"]) { transport.timeout = timeout }
        transport.certificateAuthorities = (node?["ca_file"]?.text).map(beside)
        transport.offersHTTP2 = node?["http2"]?.text == "true"
        return transport
    }

    private mutating func rate(_ node: YAMLNode?) -> Rate? {
        guard let node, let text = node.text else { return nil }
        if let rate = Rate(text) { return rate }
        add(
            .invalidValue,
            at: node.location,
            "found '\(text)'; expected messages a second, minute or hour, such as 20/s"
        )
        return nil
    }

    func duration(_ node: YAMLNode?) -> Duration? {
        node?.text.flatMap { DurationText.parse($0) }
    }

    /// A path as it is meant: relative ones from the configuration's folder.
    func beside(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let folder = (self.path as NSString).deletingLastPathComponent
        return folder.isEmpty ? path : folder + "/" + path
    }

    // MARK: Secrets

    /// What a secret's entry stands for; reports an empty one, and a file that cannot be read.
    private mutating func secret(_ node: YAMLNode?, what: String) -> String? {
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
            guard let content = SecretText.read(bytes) else {
                add(
                    .notUTF8,
                    at: node.location,
                    "the file '\(file)' of the \(what) \(SecretText.mistake(bytes)); expected a text in UTF-8"
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
    private func secretFile(_ text: String) -> String? {
        if text.hasPrefix("file:") { return beside(String(text.dropFirst("file:".count))) }
        guard text.hasPrefix("credential:") else { return nil }
        return (environment.variables["CREDENTIALS_DIRECTORY"] ?? "") + "/" + text.dropFirst("credential:".count)
    }

    // MARK: Sources

    private mutating func source(_ entry: YAMLEntry) -> Source? {
        let node = entry.value
        var settings = SourceSettings(name: entry.key, preset: node["preset"]?.text)
        settings.path = node["path"]?.text
        for (position, secretNode) in (node["secrets"]?.elements ?? []).enumerated() {
            guard let text = secret(secretNode, what: "secret") else { continue }
            let label = label(of: secretNode) ?? "secrets[\(position)]"
            settings.secrets.append(.init(text, label: label))
        }
        for verify in node["verify"]?.entries ?? [] { settings.verify[verify.key] = verify.value.text }
        settings.eventType = node["event_type"]?.text
        settings.eventID = node["event_id"]?.text
        settings.eventTime = node["event_time"]?.text
        settings.dedupe = (node["dedupe"]?.elements ?? []).compactMap(\.text)
        settings.dedupeWindow = node["dedupe_window"]?.text
        settings.country = country(node["country"])
        settings.allowedNumbers = (node["allow_numbers"]?.elements ?? []).compactMap(\.text)
        settings.publicURL = node["public_url"]?.text
        settings.maxBody = node["max_body"]?.text
        settings.rate = node["rate"]?.text
        settings.body = node["body"]?.text
        settings.allowedOrigins = (node["allowed_origins"]?.elements ?? []).compactMap(\.text)
        settings.allowedRate = node["allowed_rate"]?.text
        settings.handshake = handshake(node["handshake"])
        settings.handshakeToken = secret(node["handshake_token"], what: "handshake token").map { .init($0) }
        do {
            let source = try Source(settings)
            for warning in source.warnings {
                let location = place(of: warning.key, in: node) ?? entry.keyLocation
                add(.refusedAddress, at: location, "source '\(entry.key)': \(warning.message)")
            }
            return source
        } catch {
            let written = node["secrets"]?.elements?.count ?? 0
            report(error, entry, isMissingSecrets: settings.secrets.count < written)
            return nil
        }
    }

    /// The ISO code of a country by its code or name.
    ///
    /// Numbering plans may only be read once there is a mistake: which ones hold is said by this very file.
    private mutating func country(_ node: YAMLNode?) -> String? {
        guard let node, let text = node.text else { return nil }
        if let code = Country.code(named: text) { return code }
        if let mistake = CountryName.mistake(in: node, .invalidValue) {
            add(mistake.id, at: mistake.location, mistake.message, hint: mistake.hint)
        } else {
            let hint = Country(text).map { "write '\($0.code)'" }
            add(.invalidValue, at: node.location, "found '\(text)'; expected a country's code or name", hint: hint)
        }
        return nil
    }

    private func handshake(_ node: YAMLNode?) -> HandshakeSettings? {
        guard let node, !node.isBroken else { return nil }
        var settings = HandshakeSettings()
        settings.word = node.text
        settings.echo = node["echo"]?.text
        settings.token = node["token"]?.text
        settings.event = node["event"]?.text
        settings.answer = (node["answer"]?.entries ?? []).compactMap { entry in
            entry.value.text.map { (entry.key, $0) }
        }
        return settings
    }

    private mutating func report(_ mistakes: SourceMistakes, _ entry: YAMLEntry, isMissingSecrets: Bool) {
        // A secret that could not be read was reported already, with its reason.
        for mistake in mistakes.mistakes where !(isMissingSecrets && mistake.key == "secrets") {
            let location = place(of: mistake.key, in: entry.value) ?? entry.keyLocation
            add(.invalidValue, at: location, "source '\(entry.key)': \(mistake.message)")
        }
    }

    /// Where a mistake's key stands, such as `verify.header` or `dedupe.1`.
    func place(of key: String, in node: YAMLNode) -> SourceLocation? {
        let found = key.split(separator: ".").reduce(Optional(node)) { node, step in
            guard let node else { return nil }
            if let elements = node.elements, let position = Int(step), elements.indices.contains(position) {
                return elements[position]
            }
            return node[String(step)] ?? node
        }
        return found.flatMap { $0.location == node.location ? nil : $0.location }
    }

    private mutating func requireUniquePaths(_ sources: [Source], _ root: YAMLNode) {
        var owners: [String: String] = ["/healthz": "the health check"]
        for source in sources {
            let location = root["sources"]?.entries?.first { $0.key == source.name }?.keyLocation ?? root.location
            if source.name == PublicAPI.source {
                add(
                    .conflictingKeys,
                    at: location,
                    "the source '\(source.name)' would be taken for the partner API's own; expected another name"
                )
            }
            let earlier = owners.updateValue("source '\(source.name)'", forKey: source.path)
            guard let owner = source.path.hasPrefix(PublicAPI.prefix) ? "the partner API" : earlier else { continue }
            add(
                .conflictingKeys,
                at: location,
                "source '\(source.name)' has the path \(source.path), which \(owner) has already; expected another path"
            )
        }
    }
}
