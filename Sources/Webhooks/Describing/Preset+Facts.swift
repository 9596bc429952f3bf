// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
internal import HTTPValues
internal import OrderedCollections

extension Preset {
    /// What `sources show` and the preset's page say, a label and a text each.
    package var facts: [(label: String, text: String)] {
        let address = address == .none ? [] : [("Address", "\(address)")]
        return address + [
            ("Methods", methods.map(\.rawValue).joined(separator: ", ")),
            ("Verification", "\(verification)"),
            ("Proves", verification.coverage.sentence),
            ("Event type", eventType.place),
            ("Event id", eventID.place),
            ("Event time", eventTime.place.place),
            ("Body", "\(body)" + (batch == nil ? "" : "; several events in one request become one each")),
            ("Answer", success.sentence + (refusesWithEmptyBody ? "; refusals have no body" : "")),
            ("Handshakes", handshakes.isEmpty ? "none" : handshakes.map(\.sentence).joined(separator: "; ")),
            ("Dedupe key", dedupe.key.place),
            ("Dedupe window", Self.words(dedupe.window)),
            ("Country", country ?? "none; set country for phone numbers without a country code"),
            ("Money", money.sentence),
        ] + conventionFacts + [
            ("Largest body", "\(maxBodyBytes >> 10) KiB")
        ]
    }

    /// The same for programs, with units in the names; absent facts are null.
    package var json: JSON {
        [
            "name": .string(name),
            "aliases": .array(aliases.map(JSON.string)),
            "title": .string(title),
            "address": address == .none ? .null : .string("\(address)"),
            "methods": .array(methods.map { .string($0.rawValue) }),
            "verification": .string("\(verification)"),
            "proves": .string(verification.coverage.rawValue),
            "needs_public_url": .bool(verification.needsPublicURL),
            "needs_handshake_token": .bool(handshakes.contains(where: \.needsToken)),
            "can_sign": .bool(verification.canSign),
            "event_type": eventType.json,
            "event_id": eventID.json,
            "event_time": eventTime.place.json,
            "body": .string("\(body)"),
            "is_batched": .bool(batch != nil),
            "answer": .string(success.sentence),
            "handshakes": .array(handshakes.map { .string($0.sentence) }),
            "dedupe_key": dedupe.key.json,
            "dedupe_window_seconds": .number(JSONNumber(Int(dedupe.window.components.seconds))),
            "country": country.map(JSON.string) ?? .null,
            "minor_unit_places": conventions.placesJSON,
            "minor_units_documentation": minorUnitsDocumentation.map(JSON.string) ?? .null,
            "false_is_missing": .bool(conventions.falseIsMissing),
            "time_zone": conventions.timeZone.map(JSON.string) ?? .null,
            "times_documentation": timesDocumentation.map(JSON.string) ?? .null,
            "utc_field_endings": .array(conventions.utcEndings.map(JSON.string)),
            "money_unit": money == .unspecified ? .null : .string(money.rawValue),
            "max_body_bytes": .number(JSONNumber(maxBodyBytes)),
            "traps": .array(traps.map(JSON.string)),
            "steps": .array(steps.map(JSON.string)),
            "unconfirmed": .array(unconfirmed.map(JSON.string)),
            "documentation": .string(documentation),
        ]
    }

    private static func words(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        let units: [(String, Int64)] = [("day", 86_400), ("hour", 3_600), ("minute", 60)]
        guard let (unit, length) = units.first(where: { seconds >= $0.1 && seconds.isMultiple(of: $0.1) }) else {
            return "\(seconds) seconds"
        }
        return seconds == length ? "1 \(unit)" : "\(seconds / length) \(unit)s"
    }
}

extension Extraction {
    /// The places for people.
    fileprivate var place: String { alternatives.isEmpty ? "not sent" : description }
    /// The places for programs.
    fileprivate var json: JSON { alternatives.isEmpty ? .null : .string(description) }
}

extension Verification.Coverage {
    /// What is proven, for people.
    fileprivate var sentence: String {
        switch self {
        case .body: "the whole body"
        case .parts: "a part of the request; see what is not signed below"
        case .nothing: "who sent, not what"
        }
    }
}

extension SuccessAnswer {
    /// The answer, for people.
    fileprivate var sentence: String {
        switch self {
        case .report: "200 with the event and its messages in JSON"
        case .fixed(let reply) where reply.body.isEmpty: "\(reply.status) without a body"
        case .fixed(let reply): "\(reply.status) with \(String(decoding: reply.body, as: UTF8.self))"
        }
    }
}

extension Handshake {
    /// The handshake, for people.
    fileprivate var sentence: String {
        switch self {
        case .echo(let parameter): "a GET whose \(parameter) is sent back"
        case .echoWithToken(let parameter, let token, _, _):
            "a GET whose \(parameter) is sent back when \(token) is handshake_token"
        case .probe: "a GET, a HEAD or an empty POST, answered with 200"
        case .unsignedForm(let field): "an unsigned form with \(field) alone, answered with 200"
        case .emptyArray(let path): "a signed body with nothing in \(path), answered with 200"
        case .eventType(let type): "the event \(type), answered with 200"
        case .configured(let check): "\(check)"
        case .allowedOrigin: "an OPTIONS with WebHook-Request-Origin, allowed when allowed_origins names it"
        }
    }
}

extension Preset.MoneyUnit {
    /// The unit, for people.
    fileprivate var sentence: String {
        switch self {
        case .major: "major units (rupees, dollars)"
        case .minor: "minor units (paise, cents)"
        case .unspecified: "no amounts, or it depends on the event"
        }
    }
}
