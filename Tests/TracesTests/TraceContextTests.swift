// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

/// The header `traceparent`, by the examples and the rules of W3C Trace Context, level 1.
@Suite("The header traceparent")
struct TraceContextTests {
    private static let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("version 00 is read whole and written back")
    func reads() throws {
        let context = try #require(TraceContext(traceparent: Self.example))
        #expect(context.trace == TraceID(high: 0x4bf9_2f35_77b3_4da6, low: 0xa3ce_929d_0e0e_4736))
        #expect(context.span == SpanID(rawValue: 0x00f0_67aa_0ba9_02b7))
        #expect(context.isSampled)
        #expect(context.traceparent == Self.example)
    }

    @Test(
        "of the flags only the last bit counts",
        arguments: [("00", false), ("01", true), ("02", false), ("03", true), ("fe", false), ("ff", true)]
    )
    func flags(text: String, isSampled: Bool) throws {
        let context = try #require(TraceContext(traceparent: Self.example.dropLast(2) + text))
        #expect(context.isSampled == isSampled)
        #expect(context.traceparent.hasSuffix(isSampled ? "-01" : "-00"))
    }

    @Test("of a later version what version 00 has is read")
    func later() {
        for later in [
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "01" + Self.example.dropFirst(2) + "-x",
        ] {
            #expect(TraceContext(traceparent: later) == TraceContext(traceparent: Self.example), "\(later)")
        }
    }

    @Test(
        "anything else is ignored",
        arguments: [
            "", "00", "ff" + example.dropFirst(2), example + "-", example + "0", "01" + example.dropFirst(2) + "x",
            example.uppercased(), String(example.dropLast()), " " + example,
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0z",
            "00-4bf92f3577b34da6a3ce929d0e0e47360-0f067aa0ba902b7-01",
            "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902bé-01",
        ]
    )
    func ignores(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test("new ids are never zero, differ, and have all their digits")
    func ids() {
        let (traces, spans) = ((0..<200).map { _ in TraceID.random() }, (0..<200).map { _ in SpanID.random() })
        #expect(Set(traces).count == 200 && Set(spans).count == 200)
        #expect(traces.allSatisfy { $0.description.utf8.count == 32 && $0.low != 0 })
        #expect(spans.allSatisfy { $0.description.utf8.count == 16 && $0.rawValue != 0 })
        #expect(TraceID(high: 0, low: 0xabc).description == "00000000000000000000000000000abc")
    }
}
