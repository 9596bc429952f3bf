// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
internal import Events

/// Reads a source's `verify:` and lays it over its preset's verification.
///
/// With `scheme:` it starts from that scheme's defaults, without it from the preset's own HMAC, or each of them.
///
/// | key | for | values |
/// |---|---|---|
/// | `scheme` | all | `hmac`, `token`, `bearer`, `basic`, `query`, `none` |
/// | `header` | hmac, token | the header that holds signature or token |
/// | `parameter` | query | the query parameter that holds the token; `token` |
/// | `hash`, `encoding` | hmac | `sha1`, `sha256`, `sha512`; `hex`, `base64`, `base64url` |
/// | `key` | hmac | the secret is `text`, `hex`, `base64` (with or without `whsec_`), or `html`-escaped text |
/// | `prefix` | hmac | what stands before the signature, such as `sha256=` |
/// | `list` | hmac | `single`; `repeated` lines; `comma` or `semicolon` between `k=v`; `space` between `v1,…` |
/// | `signature_name` | hmac | the name or version of signatures in such a list; `v1` |
/// | `signed` | hmac | a template of `{timestamp}`, `{id}`, `{url}`, `{body}`, `{body_base64}` and text; `{body}` |
/// | `timestamp_header`, `timestamp_name` | hmac | the header, or name in the list, of the time; `X-Timestamp` |
/// | `timestamp_unit` | hmac | `s`, `ms` |
/// | `tolerance`, `tolerance_future` | hmac | how old, and how far ahead, the time may be; the first means both |
/// | `id_header` | hmac | the header that `{id}` stands for |
struct VerifySettings {
    private static let keys = [
        "scheme", "hash", "header", "encoding", "key", "prefix", "list", "signature_name", "signed", "timestamp_header",
        "timestamp_name", "timestamp_unit", "tolerance", "tolerance_future", "id_header", "parameter",
    ]
    private static let schemes = ["hmac", "token", "bearer", "basic", "query", "none"]
    private static let separators: [String: Character] = ["comma": ",", "semicolon": ";"]

    private let settings: [String: String]
    /// What is wrong, in the order of the keys.
    private(set) var mistakes: [SourceMistakes.Mistake] = []

    init(_ settings: [String: String]) {
        self.settings = settings
    }

    /// The verification that the settings ask for.
    ///
    /// - Parameter preset: What holds where the settings say nothing.
    /// - Returns: The preset's own where ``mistakes`` are found.
    mutating func apply(to preset: Verification) -> Verification {
        guard !settings.isEmpty else { return preset }
        for key in settings.keys.sorted() where !Self.keys.contains(key) {
            add(key, "unknown key '\(key)'" + NearMiss.hint(for: key, among: Self.keys))
        }
        refuseIdleKeys()
        let verification = verification(preset)
        return mistakes.isEmpty ? verification : preset
    }

    /// A key that its scheme does not read is a misunderstanding, and mostly about what is safe.
    private mutating func refuseIdleKeys() {
        let scheme = settings["scheme"] ?? "hmac"
        for key in settings.keys.sorted() where Self.keys.contains(key) && key != "scheme" {
            let isRead =
                switch scheme {
                case "hmac": key != "parameter"
                case "token": key == "header"
                case "query": key == "parameter"
                default: !Self.schemes.contains(scheme)
                }
            if !isRead { add(key, "means nothing for the scheme \(scheme)") }
        }
    }

    private mutating func verification(_ preset: Verification) -> Verification {
        switch settings["scheme"] {
        case nil:
            return overlaid(preset)
        case "hmac": return .hmac(hmac(HMACScheme(header: "X-Signature")))
        case "token": return .token(TokenScheme(carrier: .header(header("header") ?? "X-Api-Key")))
        case "bearer": return .token(TokenScheme(carrier: .bearer))
        case "basic": return .token(TokenScheme(carrier: .basic))
        case "query": return .token(TokenScheme(carrier: .query(settings["parameter"] ?? "token")))
        case "none": return .none
        case let name?:
            add("scheme", "unknown scheme '\(name)'" + NearMiss.hint(for: name, among: Self.schemes))
            return preset
        }
    }

    /// The preset's own schemes with the settings over each of them; its first mistakes are all.
    private mutating func overlaid(_ preset: Verification) -> Verification {
        switch preset {
        case .hmac(let scheme): return .hmac(hmac(scheme))
        case .firstPresent(let ways):
            var result: [Verification] = []
            for way in ways {
                result.append(overlaid(way))
                guard mistakes.isEmpty else { return preset }
            }
            return .firstPresent(result)
        case .bySecret(let shape, let first, let second):
            // The first scheme that the settings fit, or fail, speaks for both.
            let otherwise = overlaid(second)
            guard mistakes.isEmpty else { return preset }
            return .bySecret(shape, overlaid(first), otherwise: otherwise)
        case .withLogin(let verification): return .withLogin(overlaid(verification))
        case .publicKey(var scheme) where scheme.timestamp != nil:
            applyTolerance(to: &scheme.timestamp)
            return .publicKey(scheme)
        case .token, .none, .publicKey, .certificate, .fieldHash, .sealedFields, .itemHash, .sortedPairs:
            add("scheme", "missing; expected one of \(Self.schemes.joined(separator: ", "))")
            return preset
        }
    }

    private mutating func hmac(_ preset: HMACScheme) -> HMACScheme {
        var scheme = preset
        scheme.hash =
            choice("hash", HMACScheme.Hash.init(rawValue:), HMACScheme.Hash.allCases.map(\.rawValue)) ?? scheme.hash
        scheme.encoding =
            choice("encoding", HMACScheme.Encoding.init(rawValue:), HMACScheme.Encoding.allCases.map(\.rawValue))
            ?? scheme.encoding
        scheme.key = choice("key", Self.keyDecoding, ["text", "hex", "base64", "html"]) ?? scheme.key
        scheme.header = header("header") ?? scheme.header
        scheme.prefix = settings["prefix"] ?? scheme.prefix
        scheme.id = header("id_header") ?? scheme.id
        let name = settings["signature_name"] ?? "v1"
        scheme.syntax =
            choice("list", { Self.syntax($0, name: name) }, ["single", "repeated", "comma", "semicolon", "space"])
            ?? scheme.syntax
        if let template = settings["signed"] {
            do {
                scheme.signed = try SignedText(template)
            } catch {
                add("signed", error.reason)
            }
        }
        applyTimestamp(to: &scheme)
        if scheme.signed.parts.contains(.id), scheme.id == nil {
            add("id_header", "missing; {id} is signed, so expected the header that holds it")
        }
        return scheme
    }

    private mutating func applyTimestamp(to scheme: inout HMACScheme) {
        if let name = settings["timestamp_name"] {
            guard case .pairs = scheme.syntax else {
                return add("timestamp_name", "needs list: comma or semicolon; expected timestamp_header otherwise")
            }
            scheme.timestamp = HMACScheme.TimeStamp(carrier: .pair(name))
        }
        if let name = header("timestamp_header") { scheme.timestamp = HMACScheme.TimeStamp(carrier: .header(name)) }
        let isSigned = scheme.signed.parts.contains(.timestamp)
        if isSigned, scheme.timestamp == nil {
            scheme.timestamp = HMACScheme.TimeStamp(carrier: .header("X-Timestamp"))
        }
        guard scheme.timestamp != nil else {
            for key in ["timestamp_unit", "tolerance", "tolerance_future"] where settings[key] != nil {
                add(key, "there is no time stamp; expected {timestamp} in signed")
            }
            return
        }
        if !isSigned {
            let key = settings["timestamp_name"] == nil ? "timestamp_header" : "timestamp_name"
            add(key, "the time stamp is not signed, so anybody could renew it; expected {timestamp} in signed")
        }
        let unit = choice("timestamp_unit", HMACScheme.TimeStamp.Unit.init(rawValue:), ["s", "ms"])
        if let unit { scheme.timestamp?.unit = unit }
        applyTolerance(to: &scheme.timestamp)
    }

    private mutating func applyTolerance(to stamp: inout HMACScheme.TimeStamp?) {
        if let tolerance = duration("tolerance") {
            stamp?.past = tolerance
            stamp?.future = tolerance
        }
        if let future = duration("tolerance_future") { stamp?.future = future }
    }

    private static func keyDecoding(_ name: String) -> HMACScheme.KeyDecoding? {
        switch name {
        case "text": .text
        case "hex": .hex
        case "base64": .base64(prefix: "whsec_")
        case "html": .htmlUnescaped
        default: nil
        }
    }

    private static func syntax(_ list: String, name: String) -> HMACScheme.Syntax? {
        switch list {
        case "single": .single
        case "repeated": .repeated
        case "space": .versions(name)
        default: separators[list].map { .pairs(separator: $0, name: name) }
        }
    }

    private mutating func choice<Value>(_ key: String, _ parse: (String) -> Value?, _ known: [String]) -> Value? {
        guard let text = settings[key] else { return nil }
        if let value = parse(text) { return value }
        add(key, "unknown \(key) '\(text)'" + NearMiss.hint(for: text, among: known))
        return nil
    }

    private mutating func header(_ key: String) -> HeaderName? {
        guard let text = settings[key] else { return nil }
        let name = HeaderName(text)
        if name == nil { add(key, "'\(text)' is no header name; expected one such as X-Signature") }
        return name
    }

    private mutating func duration(_ key: String) -> Duration? {
        guard let text = settings[key] else { return nil }
        let duration = SettingValue.duration(text)
        if duration == nil { add(key, "'\(text)' is no duration; expected one such as 5m") }
        return duration
    }

    private mutating func add(_ key: String, _ message: String) {
        mistakes.append(SourceMistakes.Mistake(key: "verify.\(key)", message: message))
    }
}
