// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import NIOConcurrencyHelpers
import Testing
import Traces

@Suite("What is traced")
struct TracerTests {
    private let sender = TraceContext(trace: TraceID(high: 1, low: 2), span: SpanID(rawValue: 3), isSampled: true)
    private let unsampled = TraceContext(trace: TraceID(high: 4, low: 5), span: SpanID(rawValue: 6), isSampled: false)

    private func span(_ place: Span.Place) -> Span {
        Span("accept shop", .server, place, from: Timestamp(seconds: 10), to: Timestamp(seconds: 11))
    }

    @Test("off, what the sender gave is passed on and nothing is recorded")
    func off() throws {
        #expect(!Tracer.off.isOn)
        #expect(Tracer.off.place(after: nil) == nil)
        #expect(Tracer.off.place(after: sender) == Span.Place(sender))
        #expect(Tracer.off.place(after: TraceOrigin([sender], isAtOnce: true)) == nil)
        Tracer.off.record(span(Span.Place(sender)))
    }

    @Test("a request of a trace is a part of it, and is recorded when its sender records it")
    func parent() throws {
        let queue = SpanQueue()
        // Of traces that begin here none is recorded.
        let tracer = Tracer(queue: queue, share: 0)
        let place = try #require(tracer.place(after: sender))
        #expect(place.context.trace == sender.trace && place.context.span != sender.span)
        #expect(place.parent == sender.span && place.context.isSampled)
        let other = try #require(tracer.place(after: unsampled))
        #expect(other.context.trace == unsampled.trace && !other.context.isSampled)
        tracer.record(span(other))
        tracer.record(span(place))
        #expect(queue.take() == [span(place)])
    }

    @Test("of traces that begin here about the share is recorded, all of them with 1 and none with 0")
    func share() {
        func recorded(_ share: Double) -> Int {
            let tracer = Tracer(queue: SpanQueue(), share: share)
            return (0..<4_000).count { _ in tracer.place(after: nil) != nil }
        }
        #expect(recorded(1) == 4_000)
        #expect(recorded(0) == 0)
        // 18 standard deviations around 1,000.
        #expect((500...1_500).contains(recorded(0.25)))
    }

    @Test("what follows at once is a part of the trace, what leaves later the first of its own that is linked")
    func origins() throws {
        let tracer = Tracer(queue: SpanQueue(), share: 0)
        let child = try #require(tracer.place(after: TraceOrigin([sender], isAtOnce: true)))
        #expect(child.context.trace == sender.trace && child.parent == sender.span && child.links.isEmpty)
        let later = try #require(tracer.place(after: TraceOrigin([unsampled, sender], leftOut: 7, isAtOnce: false)))
        #expect(later.context.trace != sender.trace && later.parent == nil)
        #expect(later.links == [sender] && later.linksLeftOut == 7)
        #expect(tracer.place(after: TraceOrigin([unsampled], isAtOnce: false)) == nil)
    }

    @Test("a full queue drops the newest, counts them, and rings for the first span and for a full batch")
    func full() {
        let counts = NIOLockedValueBox((rings: 0, drops: 0))
        let queue = SpanQueue(capacity: 5, batch: 3) {
            counts.withLockedValue { $0.rings += 1 }
        } dropped: {
            counts.withLockedValue { $0.drops += 1 }
        }
        let spans = (1...7).map { number in
            span(Span.Place(TraceContext(trace: sender.trace, span: SpanID(rawValue: number), isSampled: true)))
        }
        for span in spans { queue.add(span) }
        #expect(counts.withLockedValue { $0 } == (2, 2))
        #expect(queue.take() == Array(spans[0..<3]))
        #expect(queue.take() == Array(spans[3..<5]))
        #expect(queue.take().isEmpty && queue.count == 0)
        queue.add(spans[6])
        #expect(counts.withLockedValue { $0 } == (3, 2))
    }

    @Test("a clock that is set back makes no span that ends before it began")
    func clock() {
        let span = Span("x", .client, Span.Place(sender), from: Timestamp(seconds: 9), to: Timestamp(seconds: 8))
        #expect(span.end == span.start)
    }
}
