// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Webhooks

@Suite("A form")
struct FormBodyTests {
    @Test("that begins with a byte order mark has its first field under its own name")
    func mark() {
        #expect(DecodedBody.read("\u{FEFF}kind=paid&no=7", type: DecodedBody.form) == #"{"kind":"paid","no":"7"}"#)
    }

    @Test(
        "is read in the charset that its sender names",
        arguments: [
            ("name=Jos%E9", "; charset=windows-1252", #"{"name":"José"}"#),
            ("name=Jos%E9", "; charset=\"ISO-8859-1\"", #"{"name":"José"}"#),
            ("name=%805", "; charset=ISO-8859-1", #"{"name":"€5"}"#),
            ("name=%8ER%93c", "; charset=Shift_JIS", #"{"name":"山田"}"#),
            ("name=%CF%F0", "; charset=windows-1251", #"{"name":"Пр"}"#),
            ("name=%C4%E3", "; charset=GBK", #"{"name":"你"}"#),
            // Named by a field of its own.
            ("name=Jos%E9&charset=windows-1252", "", #"{"name":"José","charset":"windows-1252"}"#),
            ("_charset_=iso-8859-15&sum=%A4", "", #"{"_charset_":"iso-8859-15","sum":"€"}"#),
            // UTF-8 that is announced as Latin, as many frameworks do, is UTF-8.
            ("name=Jos%C3%A9", "; charset=ISO-8859-1", #"{"name":"José"}"#),
            ("name=Jos%E9&charset=windows-1252", "; charset=UTF-8", #"{"name":"José","charset":"windows-1252"}"#),
            ("name=%E0%A4%86&charset=blue", "", #"{"name":"आ","charset":"blue"}"#),
        ]
    )
    func charsets(body: String, parameter: String, expected: String) {
        #expect(DecodedBody.read(body, type: DecodedBody.form + parameter) == expected)
    }

    @Test(
        "that is in no known charset is refused with its field, never sent with replacement characters",
        arguments: [
            ("no=7&name=Jos%E9", "", "no charset is named"),
            ("no=7&name=Jos%E9", "; charset=utf-8", "'utf-8' is no charset that is known and fits"),
            ("no=7&name=Jos%E9", "; charset=x-odd", "'x-odd' is no charset that is known and fits"),
            ("no=7&name=%81", "; charset=windows-1252", "'windows-1252' is no charset that is known and fits"),
        ]
    )
    func unknown(body: String, parameter: String, expected: String) {
        #expect(
            DecodedBody.read(body, type: DecodedBody.form + parameter)
                == "! the form's field 'name' is not UTF-8, and \(expected); "
                + "expected UTF-8, or the charset's name in Content-Type or in a field _charset_"
        )
    }

    @Test(
        "keeps every value of a name, and the lists and objects that brackets mean",
        arguments: [
            ("a=1&a=2", #"{"a":["1","2"]}"#),
            ("items[]=Tea&items[]=Cup", #"{"items[]":["Tea","Cup"],"items":["Tea","Cup"]}"#),
            ("items[]=Tea", #"{"items[]":["Tea"],"items":["Tea"]}"#),
            ("items%5B%5D=Tea", #"{"items[]":["Tea"],"items":["Tea"]}"#),
            ("i[0]=a&i[1]=b", #"{"i[0]":"a","i[1]":"b","i":["a","b"]}"#),
            ("i[1]=b&i[0]=a", #"{"i[1]":"b","i[0]":"a","i":["a","b"]}"#),
            ("i[0]=a&i[2]=b", #"{"i[0]":"a","i[2]":"b","i":{"0":"a","2":"b"}}"#),
            ("c[name]=Luz&c[tags][]=x", #"{"c[name]":"Luz","c[tags][]":["x"],"c":{"name":"Luz","tags":["x"]}}"#),
            ("l[0][sku]=T&l[0][n]=2", #"{"l[0][sku]":"T","l[0][n]":"2","l":[{"sku":"T","n":"2"}]}"#),
            // What is unclear or contradicts itself stays as it was written.
            ("l[][sku]=T&l[][n]=2", #"{"l[][sku]":"T","l[][n]":"2"}"#),
            ("a[b]=1&a[b][c]=2", #"{"a[b]":"1","a[b][c]":"2"}"#),
            ("a=1&a[b]=2", #"{"a":"1","a[b]":"2"}"#),
            ("a[]=1&a[b]=2", #"{"a[]":["1"],"a[b]":"2"}"#),
            ("a[=2&[x]=1&a]=3&a[b]c=4", #"{"a[":"2","[x]":"1","a]":"3","a[b]c":"4"}"#),
        ]
    )
    func brackets(body: String, expected: String) {
        #expect(DecodedBody.read(body, type: DecodedBody.form) == expected)
    }

    @Test("a name of very many brackets is a name like any other")
    func deep() {
        let name = "a" + String(repeating: "[x]", count: 100_000)
        #expect(DecodedBody.read(name + "=1", type: DecodedBody.form) == #"{"\#(name)":"1"}"#)
    }

    @Test("whose fields were signed is UTF-8 whatever its headers say, for nobody signed them")
    func strict() {
        let decoding = Preset.paytm.body
        let type = "multipart/form-data; boundary=X"
        #expect(
            DecodedBody.read("a=%8ER", type: DecodedBody.form + "; charset=Shift_JIS", as: decoding).hasPrefix("! ")
        )
        #expect(DecodedBody.read("a=1&_charset_=Shift_JIS", as: decoding) == #"{"a":"1","_charset_":"Shift_JIS"}"#)
        #expect(DecodedBody.read("a=1", type: type, as: decoding) == #"{"a":"1"}"#)
        // As UTF-16 this would be JSON.
        let wide: [UInt8] = [0xFF, 0xFE] + Array(#"{"a":1}"#.utf8).flatMap { [$0, 0] }
        #expect(DecodedBody.read(wide, as: decoding).hasPrefix("! "))
        for preset in [Preset.payu, .paytm, .zohoBooks] { #expect(preset.body.isStrict, "\(preset.name)") }
    }

    @Test("with a field of JSON says when the field is not there")
    func field() {
        let decoding = BodyDecoding(standard: .formField("payload"))
        #expect(DecodedBody.read("payload=%7B%22a%22:1%7D", as: decoding) == #"{"a":1}"#)
        let reason = "! the form has no field 'payload', or nothing in it; expected JSON there"
        #expect(DecodedBody.read("other=1", as: decoding) == reason)
    }
}
