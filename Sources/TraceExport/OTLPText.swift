// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import Traces

/// Spans as OTLP over HTTP has them in JSON: ids as hexadecimal digits, 64-bit numbers as texts, enumerations as numbers.
///
/// - SeeAlso: [OTLP](https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding)
package enum OTLPText {
    /// Who says all this.
    package struct Origin: Hashable, Sendable {
        /// What the service is called.
        package let service: String
        /// Its version.
        package let version: String
        /// Tells this process from others of the service.
        package let instance: String

        package init(service: String, version: String, instance: String) {
            self.service = service
            self.version = version
            self.instance = instance
        }

        var attributes: [Span.Attribute] {
            [
                Span.Attribute("service.name", service), Span.Attribute("service.version", version),
                Span.Attribute("service.instance.id", instance),
            ]
        }
    }

    /// The name under which all spans are, as that of the library that makes them.
    private static let scope = "hookline"
    /// `STATUS_CODE_ERROR`.
    private static let failed = 2

    /// The body of a request to `/v1/traces`.
    ///
    /// - Parameters:
    ///   - spans: At least one.
    ///   - origin: Who says this.
    /// - Returns: The text.
    package static func encode(_ spans: [Span], of origin: Origin) -> [UInt8] {
        var text = JSONText(reserving: 1_024 + spans.count * 1_024)
        text.object { text in
            text.list("resourceSpans") { text in
                text.object { text in
                    text.key("resource")
                    text.object { $0.attributes(origin.attributes) }
                    text.list("scopeSpans") { text in
                        text.object { text in
                            text.key("scope")
                            text.object { text in
                                text.member("name", scope)
                                text.member("version", origin.version)
                            }
                            text.list("spans") { text in
                                for span in spans { text.object { write(span, to: &$0) } }
                            }
                        }
                    }
                }
            }
        }
        return text.bytes
    }

    private static func write(_ span: Span, to text: inout JSONText) {
        text.ids(span.context)
        if let parent = span.parent { text.member("parentSpanId", parent.description) }
        text.member("name", span.name)
        text.number("kind", span.kind.rawValue)
        text.member("startTimeUnixNano", nanoseconds(span.start))
        text.member("endTimeUnixNano", nanoseconds(span.end))
        text.attributes(span.attributes)
        if !span.links.isEmpty {
            text.list("links") { text in
                for link in span.links { text.object { $0.ids(link) } }
            }
        }
        if span.linksLeftOut > 0 { text.number("droppedLinksCount", span.linksLeftOut) }
        guard let failure = span.failure else { return }
        text.key("status")
        text.object { text in
            text.member("message", failure)
            text.number("code", failed)
        }
    }

    /// What lies before 1970 began then: the numbers have no sign.
    private static func nanoseconds(_ time: Timestamp) -> String {
        let microseconds = max(0, time.microseconds)
        return microseconds == 0 ? "0" : "\(microseconds)000"
    }
}

extension JSONText {
    fileprivate mutating func member(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    fileprivate mutating func number(_ name: String, _ number: Int) {
        key(name)
        value(.number(JSONNumber(number)))
    }

    fileprivate mutating func list(_ name: String, _ elements: (inout JSONText) -> Void) {
        key(name)
        array(elements)
    }

    fileprivate mutating func ids(_ context: TraceContext) {
        member("traceId", context.trace.description)
        member("spanId", context.span.description)
    }

    fileprivate mutating func attributes(_ attributes: [Span.Attribute]) {
        list("attributes") { text in
            for attribute in attributes {
                text.object { text in
                    text.member("key", attribute.name)
                    text.key("value")
                    text.object { $0.write(attribute.value) }
                }
            }
        }
    }

    private mutating func write(_ value: Span.Value) {
        switch value {
        case .text(let text): member("stringValue", text)
        case .number(let number): member("intValue", "\(number)")
        case .truth(let truth):
            key("boolValue")
            bool(truth)
        }
    }
}
