// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections
import PartnerAPI
import Testing

@Suite("Finding Meta's code in an answer")
struct MetaCodeSearchTests {
    private static func code(_ text: String) throws -> Int? { MetaCodeSearch.code(in: try JSON(parsing: text)) }

    @Test(
        "every code of the table is found in every shape that partners give it",
        arguments: MetaCode.table.map(\.numbers.lowerBound)
    )
    func shapes(code: Int) throws {
        let meta = """
            {"message": "(#\(code)) something", "type": "OAuthException", "code": \(code),
             "error_data": {"messaging_product": "whatsapp", "details": "x"}, "fbtrace_id": "Az8or2"}
            """
        let quoted = JSON.string("{\"error\": \(meta)}").encoded()
        let bodies = [
            #"{"error": \#(meta)}"#,
            #"{"success": false, "error": \#(meta)}"#,
            #"{"success": false, "error": {"code": "PROVIDER_ERROR", "details": \#(meta)}}"#,
            #"{"success": false, "error": {"code": "PROVIDER_ERROR", "response": {"data": {"error": \#(meta)}}}}"#,
            #"{"error": {"code": "X", "whatsappApiError": {"code": "\#(code)", "message": "no"}}}"#,
            #"{"errors": [{"code": \#(code), "title": "no", "error_data": {"messaging_product": "whatsapp"}}]}"#,
            #"{"success": false, "message": "(#\#(code)) something"}"#,
            #"{"success": false, "error": {"code": "FAILED", "message": "Meta said: (#\#(code)) something"}}"#,
            #"{"success": false, "error": "(#\#(code)) something"}"#,
            #"{"success": false, "message": ["(#\#(code)) something"]}"#,
            #"{"success": false, "error": {"message": \#(String(decoding: quoted, as: UTF8.self))}}"#,
        ]
        for body in bodies { #expect(try Self.code(body) == code, "\(body)") }
    }

    @Test(
        "a code of six digits or more needs no mark beside it",
        arguments: MetaCode.table.map(\.numbers.lowerBound).filter { $0 >= 1_000 }
    )
    func plain(code: Int) throws {
        for body in [
            #"{"success": false, "error": {"code": \#(code), "message": "no"}}"#, #"{"error": {"code": "\#(code)"}}"#,
            #"{"code": \#(code), "message": "no"}"#, #"{"error": {"error_code": \#(code)}}"#,
            #"{"errorCode": \#(code)}"#,
            #"{"statusCode": 400, "error": {"cause": {"code": \#(code)}}}"#,
        ] {
            #expect(try Self.code(body) == code, "\(body)")
        }
    }

    @Test(
        "other numbers are no codes",
        arguments: [
            // A code of the partner's own, or an HTTP status.
            #"{"success": false, "error": {"code": 4, "message": "slow down"}}"#,
            #"{"error": {"code": 100}}"#, #"{"code": 0, "message": "ok"}"#, #"{"code": 200}"#, #"{"code": 1}"#,
            #"{"meta": {"code": 200}}"#, #"{"error": {"metadata": {"code": 10}}}"#, #"{"error": {"code": 429}}"#,
            #"{"error": {"code": 190, "message": "limit of 190 reached"}}"#, #"{"error": {"code": 131999}}"#,
            #"{"error": {"code": "RATE_131056"}}"#, #"{"error": {"code": 131056.5}}"#, #"{"error": {"code": -131056}}"#,
            #"{"error": {"code": 1310560}}"#, #"{"error": {"code": 1e5}}"#, #"{"error": {"code": true}}"#,
            // Telephone and order numbers.
            #"{"error": {"message": "919800131056 has no WhatsApp", "phone": 131056}}"#,
            #"{"error": {"message": "order (#131056) is closed"}}"#, #"{"error": {"message": "order #131056"}}"#,
            #"{"message": "131056 is closed"}"#, #"{"error": {"orderNumber": 131056, "number": "131056"}}"#,
            #"{"order": {"code": 131056, "message": "closed"}}"#, #"{"data": {"code": 131056}}"#,
            #"{"error": {"message": "no", "order": {"code": 131056}}}"#, #"{"errors": [131056, "131056"]}"#,
            #"{"error": {"message": "(# 131056) (#131056 (#) (#131056x) (131056)"}}"#,
            #"{"error": {"message": "(#0131056131056)"}}"#, #"{"data": {"note": "(#131056) of ours"}}"#,
            "[]", "{}", "131056", #""(131056)""#, "null",
        ]
    )
    func others(body: String) throws {
        #expect(try Self.code(body) == nil)
    }

    @Test("the code nearest to the root counts, and an unknown one hides none")
    func nearest() throws {
        let two = #"{"error": {"code": 131000, "cause": {"code": 131056}}}"#
        #expect(try Self.code(two) == 131_000)
        let unknown = #"{"error": {"code": 131999, "cause": {"code": 131056}}}"#
        #expect(try Self.code(unknown) == 131_056)
        let subcode = #"{"error": {"code": 17, "error_subcode": 2494100}}"#
        #expect(try Self.code(subcode) == 2_494_100)
    }

    @Test("a text that is no JSON is read for its beginning")
    func texts() {
        #expect(MetaCodeSearch.code(inText: "<h1>(#130429) Rate limit hit</h1>") == 130_429)
        #expect(MetaCodeSearch.code(inText: #"{"error": {"message": "(#131056) (Business Acc"#) == 131_056)
        #expect(MetaCodeSearch.code(inText: "502 Bad Gateway (nginx)") == nil)
        #expect(MetaCodeSearch.code(inText: "((((#(#4)") == 4)
        #expect(MetaCodeSearch.code(inText: String(repeating: "(#", count: 5_000) + "(#131056)") == nil)
    }

    @Test("a hostile answer is given up after so many values, so deep, and so much text")
    func hostile() throws {
        let code: JSON = ["code": 131_056, "message": "no"]
        let wide = JSON.object(["error": .array(Array(repeating: ["message": "x"], count: 100_000) + [code])])
        #expect(MetaCodeSearch.code(in: wide) == nil)
        let members = (0..<100_000).map { ("error\($0)", ["message": "x"] as JSON) } + [("error", code)]
        let many = JSON.object(OrderedDictionary(uniqueKeysWithValues: members))
        #expect(MetaCodeSearch.code(in: many) == nil)
        let deep = (0..<200).reduce(code) { inner, _ in ["error": inner] }
        #expect(MetaCodeSearch.code(in: deep) == nil)
        let long = JSON.object(["error": .string(String(repeating: "x ", count: 50_000) + ": (#131056)")])
        #expect(MetaCodeSearch.code(in: long) == nil)
        let nested = (0..<10).reduce(code) { inner, _ in
            ["message": .string(String(decoding: inner.encoded(), as: UTF8.self))]
        }
        #expect(MetaCodeSearch.code(in: nested) == nil)
        let key = String(repeating: "error", count: 20_000)
        #expect(MetaCodeSearch.code(in: .object([key: .object([key: code])])) == nil)
    }

    @Test("what is found in random answers is what was put there", arguments: 0..<200 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let (json, expected) = Self.answer(&random, depth: 0)
        let wrapped: JSON = ["success": false, "error": json]
        #expect(MetaCodeSearch.code(in: wrapped) == expected, "\(String(decoding: wrapped.encoded(), as: UTF8.self))")
    }

    /// An error that holds a code somewhere, amid what is none.
    private static func answer(_ random: inout Seeded, depth: Int) -> (JSON, Int) {
        let noise: OrderedDictionary<String, JSON> = [
            "id": .number(JSONNumber(Int.random(in: 0...200_000, using: &random))),
            "order": ["code": 131_056, "total": 130_429], "phone": "919812131056",
        ]
        let code =
            MetaCode.table.map(\.numbers.lowerBound).filter { $0 >= 1_000 }.randomElement(using: &random) ?? 131_056
        guard depth < 4, Bool.random(using: &random) else {
            return (.object(noise.merging(["code": .number(JSONNumber(code))]) { $1 }), code)
        }
        let (inner, expected) = answer(&random, depth: depth + 1)
        let key = ["error", "details", "whatsappApiError", "cause", "errors"].randomElement(using: &random) ?? "error"
        let place: JSON = key == "errors" ? .array([inner]) : inner
        return (.object(noise.merging([key: place]) { $1 }), expected)
    }
}

/// The same numbers for the same seed (SplitMix64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
