// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

@Suite("text filters")
struct TextFilterTests {
    @Test(
        "work as the reference implementation does",
        arguments: [
            Row(
                "{{ 'ünï' | upcase }}{{ 'ÄB' | downcase }}{{ 'éCOLE' | capitalize }}{{ '' | capitalize }}",
                "ÜNÏäbÉcole"
            ),
            Row("{{ 5 | append: 1.50 }}{{ true | prepend: nil }}", "51.50true"),
            Row("{{ tags | upcase }}", #"["A", "B"]"#, data: #"{"tags": ["a", "b"]}"#),
            Row("{{ list | append: '' }}", #"[1, nil, "q\"\\"]"#, data: #"{"list": [1, null, "q\"\\"]}"#),
            Row(
                "{{ '  a\u{B} ' | strip }}|{{ ' a ' | lstrip }}|{{ ' a ' | rstrip }}|{{ ' \n\t' | squish }}|",
                "a|a | a||"
            ),
            Row(
                "{{ 'Ground control to Major Tom.' | truncate: 20 }}|{{ 'abc' | truncate: 3 }}|{{ 'abcdef' | truncate: 2 }}",
                "Ground control to...|abc|..."
            ),
            Row("{{ 'a👨‍👩‍👧b' | truncate: 4, '' }}|{{ 'नमस्ते दुनिया' | truncate: 8, '…' }}", "a|नमस्ते …"),
            Row(
                "{{ 'one  two\tthree\nfour' | truncatewords: 3 }}|{{ ' a  b ' | truncatewords: 2 }}|{{ 'a b' | truncatewords: 0 }}",
                "one two three...| a  b |a..."
            ),
            Row(
                "{{ 'héllo' | slice: 1, 2 }}|{{ 'abc' | slice: 3 }}|{{ 'abc' | slice: 4 }}|{{ 'abc' | slice: '1' }}|{{ 'abc' | slice: -9 }}",
                "él|||b|"
            ),
            Row(
                "{{ 'a,,b,,' | split: ',' | json }}{{ ' a  b ' | split: ' ' | json }}{{ 'ab' | split: '' | json }}{{ '' | split: ',' | json }}",
                #"["a","","b"]["a","b"]["a","b"][]"#
            ),
            Row(
                "{{ 'aaa' | replace: 'aa', 'b' }} {{ 'ab' | replace: '', '-' }} {{ 'ab' | replace_first: '', '-' }} {{ 'ab' | replace_last: '', '-' }}",
                "ba -a-b- -ab ab-"
            ),
            Row(
                #"{{ 'a.b' | replace: '.', '\0' }} {{ 'aXbX' | replace_last: 'X', 'y' }} {{ 'a' | replace_last: 'b', 'c' }} {{ 'aab' | remove_last: 'a' }}"#,
                #"a\0b aXby a ab"#
            ),
            Row("{{ \"a\r\nb\nc\" | newline_to_br }}|{{ \"a\r\nb\nc\" | strip_newlines }}", "a<br />\nb<br />\nc|abc"),
        ]
    )
    func text(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }

    @Test(
        "HTML, URLs and encodings",
        arguments: [
            Row(
                "{{ \"<a href='x'>&\" | escape }} {{ '&amp; & &#39; &x' | escape_once }}",
                "&lt;a href=&#39;x&#39;&gt;&amp; &amp; &amp; &#39; &amp;x"
            ),
            Row("{{ 'a é&~*+' | url_encode }} {{ 'a+%C3%A9%zz%' | url_decode }}", "a+%C3%A9%26~%2A%2B a é%zz%"),
            Row(
                "{{ 'é' | base64_encode }} {{ 'w6k=' | base64_decode }} {{ '??>' | base64_url_safe_encode }} {{ 'w6k' | base64_url_safe_decode }}",
                "w6k= é Pz8- é"
            ),
            Row("{{ '' | sha256 }}", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            Row("{{ a | json }}", #"{"x":[1.50,null,"é\n"]}"#, data: #"{"a": {"x": [1.50, null, "é\n"]}}"#),
        ]
    )
    func encodings(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }

    /// RFC 4231, test case 2.
    @Test("hmac_sha256 is the RFC's")
    func hmac() throws {
        let digest = try render("{{ 'what do ya want for nothing?' | hmac_sha256: 'Jefe' }}")
        #expect(digest == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test(
        "refuse what they cannot work with",
        arguments: [
            "{{ '%FF' | url_decode }}", "{{ 'a' | base64_decode }}", "{{ '/w==' | base64_decode }}",
            "{{ 'a' | slice: 'x' }}",
            "{{ 'a' | slice: 1.5 }}", "{{ 'abc' | truncate: 'x' }}", "{{ 'a b' | truncatewords: 1.5 }}",
        ]
    )
    func refused(_ template: String) {
        #expect(failure(template)?.code == .argument)
    }
}
