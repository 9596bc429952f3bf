// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Something that took a time, as a trace shows it.
///
/// No phone number, no payload and no secret is in one: names and attributes are ids, names of the configuration, and
/// codes.
package struct Span: Hashable, Sendable {
    /// Which side of a request it is; the numbers are those of OTLP.
    package enum Kind: Int, Hashable, Sendable {
        /// Something that this process does by itself.
        case inside = 1
        /// A request that came in.
        case server = 2
        /// A request that went out.
        case client = 3
    }

    /// What an attribute says.
    package enum Value: Hashable, Sendable {
        case text(String)
        case number(Int)
        case truth(Bool)
    }

    /// An attribute, by the names of OpenTelemetry's conventions, or one of our own that begins with `hookline.`.
    package struct Attribute: Hashable, Sendable {
        /// The name, such as `http.request.method`.
        package let name: String
        /// What it says.
        package let value: Value

        package init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }

        package init(_ name: String, _ text: String) {
            self.init(name, .text(text))
        }
    }

    /// What it is called: of few kinds.
    package let name: String
    /// Which side of a request it is.
    package let kind: Kind
    /// Its trace and its id.
    package let context: TraceContext
    /// The span that it is a part of; `nil` for the first of its trace.
    package let parent: SpanID?
    /// When it began, on the wall clock.
    package let start: Timestamp
    /// When it ended.
    package let end: Timestamp
    /// What is known of it.
    package let attributes: [Attribute]
    /// What it comes from, in traces of their own.
    package let links: [TraceContext]
    /// How many more there were than are linked.
    package let linksLeftOut: Int
    /// A short stable code of what went wrong; `nil` when nothing did.
    package let failure: String?

    package init(
        _ name: String,
        _ kind: Kind,
        _ place: Place,
        from start: Timestamp,
        to end: Timestamp,
        _ attributes: [Attribute] = [],
        failure: String? = nil
    ) {
        self.name = name
        self.kind = kind
        (context, parent) = (place.context, place.parent)
        (links, linksLeftOut) = (place.links, place.linksLeftOut)
        self.start = start
        // Somebody may have set the clock meanwhile.
        self.end = max(start, end)
        self.attributes = attributes
        self.failure = failure
    }

    /// Where a span stands in its trace, and what it is linked to.
    package struct Place: Hashable, Sendable {
        /// Its trace and its id.
        package let context: TraceContext
        /// The span that it is a part of.
        package var parent: SpanID?
        /// What it comes from, in traces of their own.
        package var links: [TraceContext] = []
        /// How many more there were than are linked.
        package var linksLeftOut = 0

        package init(_ context: TraceContext, parent: SpanID? = nil) {
            self.context = context
            self.parent = parent
        }
    }
}
