// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Foundation
package import HTTPTypes
internal import HTTPValues

extension Source {
    /// Checks settings and builds a source of them.
    ///
    /// - Parameter settings: As they stand in the configuration.
    /// - Throws: ``SourceMistakes`` with everything that is wrong, not the first alone.
    package init(_ settings: SourceSettings) throws(SourceMistakes) {
        var builder = SourceBuilder(settings)
        self = try builder.build()
    }
}

/// Turns ``SourceSettings`` into a ``Source`` and collects what is wrong with them.
private struct SourceBuilder {
    private let settings: SourceSettings
    private var mistakes: [SourceMistakes.Mistake] = []

    init(_ settings: SourceSettings) {
        self.settings = settings
    }

    mutating func build() throws(SourceMistakes) -> Source {
        let name = settings.name
        if !SettingValue.isName(name) {
            add("name", "'\(name)' is no name; expected letters, digits, - and _, at most 64")
        }
        var preset = preset()
        applyOverrides(to: &preset)
        let path = path()
        let country = country() ?? preset.country
        let maxBody = read("max_body", settings.maxBody, "a size such as 1MiB", SettingValue.byteCount)
        let rate = read("rate", settings.rate, "events a second, minute or hour, such as 50/s or 600/m", Rate.init(_:))
        applyHandshake(to: &preset)
        let handshakeToken = handshakeToken(preset)
        let allowedRate = read("allowed_rate", settings.allowedRate, "requests a minute such as 120") { text in
            Int(text).flatMap { $0 > 0 ? $0 : nil }
        }
        let allowedAddresses = allowedAddresses()
        let secrets = secrets()
        let verifier = verifier(preset, secrets: secrets)
        guard mistakes.isEmpty, let verifier else { throw SourceMistakes(mistakes: mistakes) }
        return Source(
            name: name,
            preset: preset,
            path: path,
            maxBodyBytes: maxBody ?? preset.maxBodyBytes,
            rate: rate,
            allowedAddresses: allowedAddresses,
            country: country,
            allowedNumbers: settings.allowedNumbers,
            verifier: verifier,
            secretHeaders: preset.verification.tokenHeaders + [.authorization, .proxyAuthorization, .cookie],
            handshakeToken: handshakeToken,
            handshakeSecret: secrets.first,
            allowedOrigins: settings.allowedOrigins.map { $0.lowercased() },
            allowedRate: allowedRate,
            warnings: warnings(preset, path: path)
        )
    }

    /// What the sender will not like about the path; where the whole address is given, that is what counts.
    private func warnings(_ preset: Preset, path: String) -> [SourceMistakes.Mistake] {
        guard settings.publicURL == nil,
            let message = preset.address.objection(toPart: path, sender: preset.title)
        else { return [] }
        return [SourceMistakes.Mistake(key: "path", message: message)]
    }

    private mutating func add(_ key: String, _ message: String) {
        mistakes.append(SourceMistakes.Mistake(key: key, message: message))
    }

    /// Reads an optional setting; a text that cannot be read is a mistake.
    private mutating func read<Value>(
        _ key: String,
        _ text: String?,
        _ expectation: String,
        _ parse: (String) -> Value?
    ) -> Value? {
        guard let text else { return nil }
        let value = parse(text)
        if value == nil { add(key, "'\(text)' is not understood; expected \(expectation)") }
        return value
    }

    private mutating func preset() -> Preset {
        let name = settings.preset ?? Preset.generic.name
        if let preset = Preset.named(name) { return preset }
        add(
            "preset",
            "unknown preset '\(name)'" + NearMiss.hint(for: name, among: Preset.all.flatMap { [$0.name] + $0.aliases })
        )
        return .generic
    }

    private mutating func path() -> String {
        let path = settings.path ?? "/hooks/\(settings.name)"
        if settings.path != nil, !SettingValue.isPath(path) {
            add("path", "'\(path)' is no path; expected one such as /in/erp of letters, digits and -_.~/")
        }
        return path
    }

    private mutating func allowedAddresses() -> AddressList {
        var ranges: [AddressRange] = []
        for (position, text) in settings.allowedAddresses.enumerated() {
            let form = "an address or a range of them, such as 192.0.2.1 or 198.51.100.0/24"
            ranges += read("allow_from.\(position)", text, form, AddressRange.init(_:)).map { [$0] } ?? []
        }
        return AddressList(ranges)
    }

    private mutating func country() -> String? {
        read("country", settings.country, "an ISO 3166 code such as IN") { text in
            // Everybody's name for it, which ISO 3166 only reserves.
            let code = text.uppercased() == "UK" ? "GB" : text.uppercased()
            return Locale.Region.isoRegions.contains { $0.identifier == code } && code.utf8.count == 2 ? code : nil
        }
    }

    private mutating func applyOverrides(to preset: inout Preset) {
        if let type = template("event_type", settings.eventType) { preset.eventType = type.extraction }
        if let id = template("event_id", settings.eventID) {
            preset.eventID = id.extraction
            // Who names the id also says what tells events apart, where the preset knew nothing better than the hash.
            if preset.dedupe.key == "body_hash" { preset.dedupe.key = id.extraction }
        }
        if let time = template("event_time", settings.eventTime) {
            preset.eventTime = EventTime(place: time.extraction)
        }
        var places: [Place] = []
        for (position, text) in settings.dedupe.enumerated() {
            places += template("dedupe.\(position)", text)?.places ?? []
        }
        if !places.isEmpty { preset.dedupe.key = .joined(places) }
        let formats = "json, form, xml, auto, or form: and the field with the JSON"
        if let body = read("body", settings.body, formats, SettingValue.bodyDecoding) { preset.body = body }
        if let window = read("dedupe_window", settings.dedupeWindow, "a duration such as 3d", SettingValue.duration) {
            preset.dedupe.window = window
        }
        var feedback = FeedbackReader()
        feedback.apply(settings.feedback, to: &preset.feedback)
        mistakes += feedback.mistakes
        var verification = VerifySettings(settings.verify)
        preset.verification = verification.apply(to: preset.verification)
        mistakes += verification.mistakes
    }

    private mutating func template(_ key: String, _ text: String?) -> PlaceTemplate? {
        read(key, text, PlaceTemplate.form, PlaceTemplate.init(_:))
    }

    private mutating func secrets() -> [Secret] {
        var secrets: [Secret] = []
        for (position, secret) in settings.secrets.enumerated() {
            do {
                secrets.append(try secret.usable(as: "secrets[\(position)]"))
            } catch {
                add("secrets.\(position)", error.reason)
            }
        }
        return secrets
    }

    private mutating func applyHandshake(to preset: inout Preset) {
        guard let handshake = settings.handshake else { return }
        var reader = HandshakeReader(handshake)
        let read = reader.read(hasToken: settings.handshakeToken != nil, hasSecret: !settings.secrets.isEmpty)
        mistakes += reader.mistakes
        if let read { preset.handshakes.insert(.configured(read), at: 0) }
    }

    private mutating func handshakeToken(_ preset: Preset) -> Secret? {
        guard let token = settings.handshakeToken else {
            if preset.handshakes.contains(where: \.needsToken) {
                add("handshake_token", "missing; \(preset.title) checks the address with it")
            }
            return nil
        }
        do {
            return try token.usable(as: "handshake_token")
        } catch {
            add("handshake_token", error.reason)
            return nil
        }
    }

    private mutating func verifier(_ preset: Preset, secrets: [Secret]) -> Verifier? {
        if let text = settings.publicURL,
            URL(string: text)?.host() == nil || !text.hasPrefix("https://") && !text.hasPrefix("http://")
        {
            add("public_url", "'\(text)' is no address; expected one such as https://hooks.example.com/in/shop")
            return nil
        }
        if let message = settings.publicURL.flatMap({ preset.address.objection(to: $0, sender: preset.title) }) {
            add("public_url", message)
        }
        // With a mistake in the secrets themselves, "no secret" would only repeat it.
        if secrets.count < settings.secrets.count { return nil }
        if !preset.verification.needsSecret && !secrets.isEmpty {
            add(
                "verify.scheme",
                "nothing would be verified although secrets are given; expected a scheme, or no secrets"
            )
            return nil
        }
        do {
            return try Verifier(preset.verification, secrets: secrets, publicURL: settings.publicURL)
        } catch {
            add(error.code == .noPublicURL ? "public_url" : "secrets", error.reason)
            return nil
        }
    }
}

/// One configured sender: where it posts to, how it is verified, how its requests become events.
///
/// A value without clock and store; ``receive(_:now:)`` is a pure function but for the random part of new ids.
package struct Source: Sendable {
    /// The name in the configuration, which rules refer to.
    package let name: String
    /// The preset with the settings' changes in it.
    package let preset: Preset
    /// The path that the sender posts to, such as `/hooks/shop`.
    package let path: String
    /// The largest body that is accepted.
    package let maxBodyBytes: Int
    /// The most events that are taken; `nil` for as many as come.
    package let rate: Rate?
    /// The addresses that it posts from; none for any.
    fileprivate(set) var allowedAddresses: AddressList
    /// Where a phone number without country code is at home; an ISO 3166 code in upper case.
    package let country: String?
    /// Kinds of phone numbers that are allowed and otherwise refused, by the words of rule files.
    package let allowedNumbers: [String]
    fileprivate(set) var verifier: Verifier
    /// Headers that hold a secret itself, rather than what was made with one.
    let secretHeaders: [HTTPField.Name]
    let handshakeToken: Secret?
    /// The newest secret, for handshakes whose answer proves that we have it.
    let handshakeSecret: Secret?
    /// Origins in lower case that are told they may post; `*` for any.
    let allowedOrigins: [String]
    /// Requests a minute that they are told; `nil` for no limit.
    let allowedRate: Int?
    /// What works here and will not work with the sender, such as a path that it does not accept.
    package let warnings: [SourceMistakes.Mistake]

    /// What the sender gets for everything that was stored, duplicates and parked bodies included.
    package var success: SuccessAnswer { preset.success }

    /// Labels of the live secrets, the newest first.
    package var secretLabels: [String] { verifier.labels }
}

extension Source {
    /// The source as if its sender proved nothing: for questions about a body that nobody has sent.
    package var withoutVerification: Source {
        var source = fromAnywhere
        source.verifier = .none
        return source
    }

    /// The source as if its sender posted from anywhere: for requests that nobody has sent.
    package var fromAnywhere: Source {
        var source = self
        source.allowedAddresses = AddressList()
        return source
    }

    /// The events of a request that was accepted before, as the source reads it now.
    ///
    /// - Parameters:
    ///   - headers: The headers that were kept.
    ///   - body: The body, byte for byte.
    ///   - time: When it came.
    /// - Returns: `nil` when it cannot be read any more.
    package func reread(headers: HTTPFields, body: [UInt8], at time: Timestamp) -> [Event]? {
        let method = preset.methods.first ?? .post
        let request = InboundRequest(method: method, target: path, headers: headers, body: body)
        guard case .events(let events) = withoutVerification.receive(request, now: time) else { return nil }
        return events.map(\.event)
    }
}

extension Secret {
    /// The secret, as a source verifies with it.
    ///
    /// - Parameter label: What to call it if it has no label of its own.
    /// - Returns: The secret with a label.
    /// - Throws: ``WebhookError`` with code `emptySecret`: a blank key would accept what anybody signs.
    func usable(as label: String) throws(WebhookError) -> Secret {
        guard !isBlank else {
            throw WebhookError(
                code: .emptySecret,
                reason: "the secret is empty; expected what the sender shows as its secret"
            )
        }
        return self.label.isEmpty ? Secret(reveal(), label: label) : self
    }
}
