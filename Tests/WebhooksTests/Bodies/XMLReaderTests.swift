// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Webhooks

@Suite("XML")
struct XMLReaderTests {
    private func read(_ text: String) -> String {
        DecodedBody.read(text, as: BodyDecoding(standard: .xml))
    }

    @Test(
        "becomes an object",
        arguments: [
            ("<a/>", #"{"a":""}"#), ("<a>x</a>", #"{"a":"x"}"#), ("<a >\n x \n</a >", #"{"a":"x"}"#),
            ("<?xml version=\"1.0\"?>\n<!-- c --><a b='1' c=\"2\"/><?p i?>\n", #"{"a":{"@b":"1","@c":"2"}}"#),
            ("<a>x<b/>y</a>", ##"{"a":{"b":"","#text":"xy"}}"##),
            ("<a><b>1</b><b>2</b></a>", #"{"a":{"b":["1","2"]}}"#),
            ("<s:a xmlns:s=\"u\"><s:b>1</s:b></s:a>", #"{"s:a":{"@xmlns:s":"u","s:b":"1"}}"#),
            ("<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</a>", #"{"a":"<&>\"'A😀"}"#),
            ("<a b='x&#10;y\nz'/>", #"{"a":{"@b":"x\ny z"}}"#), ("<a>1\r\n2\r3</a>", #"{"a":"1\n2\n3"}"#),
            ("<a><![CDATA[<b>&amp;]]]></a>", #"{"a":"<b>&amp;]"}"#), ("<a><!--x-y--></a>", #"{"a":""}"#),
            ("<घर>x</घर>", #"{"घर":"x"}"#),
        ]
    )
    func objects(text: String, expected: String) {
        #expect(read(text) == expected)
    }

    @Test(
        "that is none ends at its first mistake, with the place",
        arguments: [
            ("<a>\n<b></a>", "line 2, column 8: found the end of 'a', which is not open"),
            ("<a>", "line 1, column 4: found the element 'a' has no end"),
            ("<a/>x", "line 1, column 6: found text outside of the root element"),
            ("<a/><b/>", "line 1, column 6: found a second root element"),
            ("<a><!-- -- --></a>", "line 1, column 11: found '--' inside a comment"),
            ("<a b=1/>", "line 1, column 6: found the value of 'b' without quotes"),
            ("<a b/>", "line 1, column 5: found the attribute 'b' without a value"),
            ("<a b='1' b='2'/>", "line 1, column 15: found the attribute 'b' twice"),
            ("<a b='<'/>", "line 1, column 7: found '<' in an attribute"),
            ("<a b='1'c='2'/>", "line 1, column 9: found a character that ends no tag; expected '>' or an attribute"),
            ("<a>]]></a>", "line 1, column 4: found ']]>' in a text"),
            ("<a>\u{1}</a>", "line 1, column 4: found a control character"),
            ("<a><![CDATA[", "line 1, column 13: found a CDATA section without its end"),
            ("<a><?xml version='1.0'?></a>", "line 1, column 9: found an XML declaration that is not at the beginning"),
            ("<1/>", "line 1, column 2: found no name where there must be one"),
            ("", "empty"),
        ]
    )
    func mistakes(text: String, expected: String) {
        #expect(
            read(text) == (text.isEmpty ? "! the body is empty; expected XML" : "! the XML is malformed at \(expected)")
        )
    }

    @Test("is read once, however it is made: hyphens, brackets, attributes and references by the hundred thousand")
    func hurtful() {
        let many = 1 << 20
        func row(_ text: String, _ count: Int = many) -> String { String(repeating: text, count: count) }
        #expect(
            read("<r><!--" + row("-")) == "! the XML is malformed at line 1, column 10: found '--' inside a comment"
        )
        #expect(read("<r><!--" + row("- ")).hasSuffix("found a comment without its end"))
        #expect(read("<r><![CDATA[" + row("]")).hasSuffix("found a CDATA section without its end"))
        #expect(read("<r><?p " + row("?")).hasSuffix("found a processing instruction without its end"))
        #expect(read("<r>" + row("&")).contains("found a reference that is not known"))
        #expect(read("<r>" + row("<")).contains("found no name"))
        #expect(read("<" + row("r")).hasSuffix("expected '>' or an attribute"))
        #expect(read("<r a='" + row("x")).hasSuffix("found the value of 'a' without its end"))
        let attributes = (0..<90_000).map { " a\($0)=''" }.joined()
        #expect(read("<r\(attributes)/>") == "! an element of the XML has more than 256 attributes")
        #expect(read("<r>" + row("]") + "</r>") == #"{"r":"\#(row("]"))"}"#)
    }
}
