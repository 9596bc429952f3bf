// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import CurlTransport
package import Events
internal import Foundation

/// Where traces go, and how many of them; nowhere if left out.
package struct TracingSettings: Hashable, Sendable {
    /// The collector's address for traces; `nil` where nothing is traced.
    package var url: String?
    /// What the collector wants in the head of each request.
    package var headers: [Header] = []
    /// How much of the traces that begin here is recorded, from 0 to 1.
    package var share: Double = 1
    /// What the service is called there.
    package var service = ""

    /// One header field.
    package struct Header: Hashable, Sendable {
        /// Its name.
        package let name: String
        /// Its value, which may be a key.
        package let value: Secret
    }

    /// Whether anything is traced.
    package var isOn: Bool { url != nil }
}

extension SettingsReader {
    /// Below what a collector takes traces over HTTP.
    private static let path = "/v1/traces"

    /// The address of a collector, for traces: as OpenTelemetry's variables have it, the path is added where it is not there.
    mutating func collector(_ node: YAMLNode?) -> String? {
        guard let node, let text = node.text, !node.isBroken else { return nil }
        let parts = URLComponents(string: text)
        guard let parts, ["http", "https"].contains(parts.scheme), parts.host?.isEmpty == false, parts.query == nil,
            parts.fragment == nil, parts.user == nil
        else {
            let expected = "expected the address of a collector, such as http://127.0.0.1:4318"
            add(.invalidValue, at: node.location, "found another text than an address of http or https; \(expected)")
            return nil
        }
        guard !parts.path.hasSuffix(Self.path) else { return text }
        return (text.hasSuffix("/") ? String(text.dropLast()) : text) + Self.path
    }

    /// The header fields of a collector; those that are none are reported.
    mutating func collectorHeaders(_ node: YAMLNode?) -> [TracingSettings.Header] {
        (node?.entries ?? []).compactMap { entry in
            guard let value = secret(entry.value, what: "header '\(entry.key)'") else { return nil }
            do throws(TransportError) {
                _ = try HeaderList([HeaderField(entry.key, value)])
                return TracingSettings.Header(name: entry.key, value: Secret(value, label: entry.key))
            } catch {
                add(.invalidValue, at: entry.value.location, "\(error.reason); expected a name and a line of text")
                return nil
            }
        }
    }
}

extension SettingsSpecification {
    /// A part of a whole.
    private static let share = TextRule("a number from 0 to 1, such as 0.1", pattern: #"^(0(\.\d+)?|1(\.0+)?)$"#) {
        $0.wholeMatch(of: #/0(\.\d+)?|1(\.0+)?/#) != nil
    }

    static let tracing = Specification<TracingSettings>(
        "tracing",
        "Where traces go, by OTLP over HTTP; nothing is traced if left out.",
        [
            Setting("endpoint", required: true, "The collector, such as http://127.0.0.1:4318; /v1/traces is added.") {
                $2.url = $1.collector($0)
            },
            Setting(
                "headers",
                shape: .map(.nonEmpty, .text(.nonEmpty)),
                "What the collector wants in the head of each request, by name: ${ENV}, file:… or credential:…."
            ) { $2.headers = $1.collectorHeaders($0) },
            .value(
                "sample",
                \.share,
                shape: .text(share),
                fallback: "1",
                "How much of the traces that begin here is recorded."
            ) { text, _, _ in Double(text) },
            .value("service_name", \.service, fallback: "hookline", "What the service is called there.") {
                text,
                _,
                _ in text
            },
        ]
    )
}
