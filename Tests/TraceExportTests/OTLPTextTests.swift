// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing
import TraceCollector
import TraceExport
import Traces

@Suite("Spans as OTLP in JSON")
struct OTLPTextTests {
    private let origin = OTLPText.Origin(service: "shop", version: "1.2", instance: "one")
    private let context = TraceContext(
        trace: TraceID(high: 0x4bf9_2f35_77b3_4da6, low: 0xa3ce_929d_0e0e_4736),
        span: SpanID(rawValue: 0xf067_aa0b_a902),
        isSampled: true
    )

    @Test("a span is written to the letter of the protocol")
    func letter() {
        var place = Span.Place(context, parent: SpanID(rawValue: 7))
        place.links = [context]
        place.linksLeftOut = 2
        let span = Span(
            "send \"main\"",
            .client,
            place,
            from: Timestamp(microseconds: 1_768_451_400_000_001),
            to: Timestamp(microseconds: 1_768_451_401_500_000),
            [Span.Attribute("a", "é\n"), Span.Attribute("b", .number(-200)), Span.Attribute("c", .truth(true))],
            failure: "timed_out"
        )
        let ids = #""traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"0000f067aa0ba902""#
        let resource = [("service.name", "shop"), ("service.version", "1.2"), ("service.instance.id", "one")]
            .map { #"{"key":"\#($0)","value":{"stringValue":"\#($1)"}}"# }.joined(separator: ",")
        let attributes =
            #"{"key":"a","value":{"stringValue":"é\n"}},{"key":"b","value":{"intValue":"-200"}},"#
            + #"{"key":"c","value":{"boolValue":true}}"#
        let expected =
            #"{"resourceSpans":[{"resource":{"attributes":[\#(resource)]},"scopeSpans":[{"scope":{"name":"hookline","#
            + #""version":"1.2"},"spans":[{\#(ids),"parentSpanId":"0000000000000007","name":"send \"main\"","kind":3,"#
            + #""startTimeUnixNano":"1768451400000001000","endTimeUnixNano":"1768451401500000000","#
            + #""attributes":[\#(attributes)],"links":[{\#(ids)}],"droppedLinksCount":2,"#
            + #""status":{"message":"timed_out","code":2}}]}]}]}"#
        #expect(String(decoding: OTLPText.encode([span], of: origin), as: UTF8.self) == expected)
    }

    @Test("a collector reads what was written, of the first span of a trace as of a part of one")
    func reads() throws {
        let (first, second) = (ExporterFixture.span(1), ExporterFixture.span(2, [Span.Attribute("k", "v")]))
        let spans = try CollectedSpan.read(OTLPText.encode([first, second], of: origin))
        #expect(spans.map(\.name) == ["s1", "s2"])
        #expect(spans.map(\.attributes) == [[:], ["k": "v"]])
        let span = try #require(spans.first)
        #expect(span.parentID == nil && span.links.isEmpty && span.status == nil)
        #expect(span.end - span.start == 1_000_000_000)
        #expect(span.resource == ["service.name": "shop", "service.version": "1.2", "service.instance.id": "one"])
    }

    @Test(
        "the collector of the tests takes nothing that the protocol does not have",
        arguments: [
            (#""traceId":"00000000000000000000000000000001""#, #""traceId":"1""#),
            (#""spanId":"0000000000000001""#, #""spanId":"0000000000000000""#),
            (#""spanId":"0000000000000001""#, #""spanId":"000000000000000A""#),
            (#""kind":3"#, #""kind":"SPAN_KIND_CLIENT""#), (#""kind":3"#, #""kind":9"#),
            (#""startTimeUnixNano":"1768451400000001000""#, #""startTimeUnixNano":1768451400000001000"#),
            (#""startTimeUnixNano":"1768451400000001000""#, #""startTimeUnixNano":"2768451400000001000""#),
            (#""attributes":[]"#, #""attributes":{}"#), (#""name":"s1""#, #""name":"s1","colour":"red""#),
            (#""name":"s1""#, #""name":"""#),
        ]
    )
    func strictness(right: String, wrong: String) throws {
        let text = String(decoding: OTLPText.encode([ExporterFixture.span(1)], of: origin), as: UTF8.self)
        _ = try CollectedSpan.read(Array(text.utf8))
        #expect(text.contains(right))
        #expect(throws: CollectedSpan.Breach.self) {
            try CollectedSpan.read(Array(text.replacing(right, with: wrong).utf8))
        }
    }
}
