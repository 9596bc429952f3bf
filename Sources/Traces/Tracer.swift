// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Logging

/// Decides what is traced, and takes the spans of that.
///
/// A value that is handed in, as loggers are. Nothing of it waits, and one that is off does nothing but pass on what
/// senders gave.
package struct Tracer: Sendable {
    private let queue: SpanQueue?
    /// A trace is recorded when the last 63 bits of its id are below it.
    private let threshold: UInt64

    /// Records nothing.
    package static let off = Tracer(queue: nil, share: 0)

    /// A tracer that records.
    ///
    /// - Parameters:
    ///   - queue: Where the spans go.
    ///   - share: How much of the traces that begin here is recorded, from 0 to 1.
    package init(queue: SpanQueue, share: Double = 1) {
        self.init(queue: Optional(queue), share: share)
    }

    private init(queue: SpanQueue?, share: Double) {
        self.queue = queue
        threshold = share >= 1 ? 1 << 63 : UInt64(max(0, share) * 0x1p63)
    }

    /// Whether anything is recorded: what takes time to find out need not be found out otherwise.
    package var isOn: Bool { queue != nil }

    /// Where a request stands that has come in.
    ///
    /// What its sender records is recorded here, too, and what it does not is not; of what begins here a share is.
    ///
    /// - Parameter sender: What the sender says of itself; `nil` when it says nothing.
    /// - Returns: The place of its span; `nil` when it is in no trace.
    package func place(after sender: TraceContext?) -> Span.Place? {
        guard isOn else { return sender.map { Span.Place($0) } }
        if let sender {
            let context = TraceContext(trace: sender.trace, span: .random(), isSampled: sender.isSampled)
            return Span.Place(context, parent: sender.span)
        }
        let trace = TraceID.random()
        guard trace.low >> 1 < threshold else { return nil }
        return Span.Place(TraceContext(trace: trace, span: .random(), isSampled: true))
    }

    /// Where something stands that comes of what was recorded before.
    ///
    /// - Parameter origin: What it comes of.
    /// - Returns: The place of its span: a part of the same trace where it follows at once, else the first of a new one that
    ///   is linked; `nil` when nothing of it is recorded.
    package func place(after origin: TraceOrigin) -> Span.Place? {
        guard isOn else { return nil }
        let recorded = origin.contexts.filter(\.isSampled)
        guard let first = recorded.first else { return nil }
        if origin.isAtOnce { return place(inside: first) }
        var place = Span.Place(TraceContext(trace: .random(), span: .random(), isSampled: true))
        place.links = recorded
        place.linksLeftOut = origin.leftOut
        return place
    }

    /// Where something stands that is a part of what is recorded.
    ///
    /// - Parameter span: What it is a part of.
    /// - Returns: The place of its span; `nil` when that is not recorded.
    package func place(inside span: TraceContext) -> Span.Place? {
        guard isOn, span.isSampled else { return nil }
        return Span.Place(TraceContext(trace: span.trace, span: .random(), isSampled: true), parent: span.span)
    }

    /// Takes a span that has ended, unless its trace is not recorded.
    ///
    /// - Parameter span: The span.
    package func record(_ span: Span) {
        guard span.context.isSampled else { return }
        queue?.add(span)
    }
}

extension TraceContext {
    /// The ids for a line of the log, by the names that OpenTelemetry gives them.
    package var logged: Logger.Metadata { ["trace_id": "\(trace)", "span_id": "\(span)"] }
}

extension Logger.Metadata {
    /// The same with the ids of a trace.
    ///
    /// - Parameter trace: Where that which the line is about stands in a trace; `nil` when it is in none.
    /// - Returns: What the line says.
    package func with(_ trace: TraceContext?) -> Self { merging(trace?.logged ?? [:]) { $1 } }
}
