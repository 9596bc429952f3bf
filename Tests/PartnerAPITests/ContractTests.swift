// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import PartnerAPI
import Testing

/// The types that client, sandbox and durable front share, held against what the API publishes.
@Suite("The contract")
struct ContractTests {
    private static let accepted =
        #"{"success":true,"data":{"id":"wamid.HBgM","status":"ACCEPTED","#
        + #""message":"Message received and being sent to the recipient."}}"#

    @Test(
        "takes the requests that the API publishes, and writes them as they came",
        arguments: [
            #"{"type":"text","phone":"919876543210","content":"Hello from our system."}"#,
            #"{"type":"template","phone":"919876543210","templateName":"order_confirmation","templateLanguage":"en","#
                + #""templateVariables":{"1":"Jane","2":"ORD-9921","3":"Tomorrow 5pm"}}"#,
            #"{"type":"template","phone":"919876543210","templateName":"payment_thank_you","templateLanguage":"en_US","#
                + #""templateVariables":{"1":"Shree Balaji Traders","2":"₹75,600.00","3":"INV-00516","#
                + #""4":"Hiren Enterprises"}}"#,
            #"{"type":"template","phone":"919876543210","templateName":"your_carousel_template","#
                + #""templateLanguage":"en_US","templateVariables":{"1":"Main intro line"},"carousel":{"cards":["#
                + #"{"index":0,"bodyValues":{"1":"Villa A","2":"Dubai","3":"1.2M"},"buttonValues":[{"index":0,"#
                + #""sub_type":"url","parameters":{"type":"text","text":"slug-for-url"}}],"#
                + #""header":{"format":"image","id":"1234567890123456"}}]}}"#,
            #"{"type":"interactive","phone":"919876543210","#
                + #""content":"{\"type\":\"button\",\"body\":\"Choose\",\"buttons\":[]}"}"#,
        ]
    )
    func requests(body: String) throws {
        #expect(RenderedRequest(try MessageRequest(json: JSON(parsing: body))).text == body)
    }

    @Test("an accepted message is answered in the API's own words, and read back")
    func acceptedAnswer() {
        let answer = AcceptedAnswer(id: "wamid.HBgM")
        #expect(AcceptedAnswer.status == 201)
        #expect(answer.json.text() == Self.accepted)
        #expect(AcceptedAnswer(exactly: Array(Self.accepted.utf8)) == answer)
    }

    @Test("the quick look takes nothing that a reader of JSON takes otherwise", arguments: 0..<8)
    func quickLook(bit: Int) {
        let whole = Array(Self.accepted.utf8)
        var bodies = whole.indices.map { position in
            var body = whole
            body[position] ^= 1 << bit
            return body
        }
        bodies += whole.indices.map { Array(whole.prefix($0)) } + [whole + [0x20]]
        for body in bodies {
            guard let quick = AcceptedAnswer(exactly: body) else { continue }
            let json = try? JSON(parsing: body)
            #expect(json?["success"] == true && json?["data"]?["id"]?.string == quick.id)
        }
    }

    @Test(
        "the quick look leaves other shapes to a reader of JSON",
        arguments: [
            #"{"success": true, "data": {"id": "a", "status": "ACCEPTED", "message": "m"}}"#,
            #"{"success":true,"data":{"id":"","status":"ACCEPTED","message":"m"}}"#,
            #"{"success":true,"data":{"id":"a\u0062","status":"ACCEPTED","message":"m"}}"#,
            #"{"success":true,"data":{"id":"a","status":"QUEUED","message":"m"}}"#,
            #"{"success":false,"error":{"code":"FAULT","message":"m"}}"#, "",
        ]
    )
    func otherShapes(body: String) {
        #expect(AcceptedAnswer(exactly: Array(body.utf8)) == nil)
    }

    @Test("an error has a code and a sentence, which are the same wherever the API is served")
    func errors() {
        let error = PartnerError.unauthorized
        #expect(error.status == 401)
        let sentence = "The API key or its secret is missing, wrong or revoked."
        let expected = #"{"success":false,"error":{"code":"UNAUTHORIZED","message":"\#(sentence)"}}"#
        #expect(error.json.text() == expected)
        let method = PartnerError.methodNotAllowed("DELETE", allowed: "POST")
        #expect(method.description == "METHOD_NOT_ALLOWED: This address does not take DELETE; expected POST.")
    }

    @Test("credentials are read in either spelling, the plain one first, and never printed")
    func credentials() throws {
        let names = ["apiKey", "apiSecret", "X-API-Key", "X-API-Secret"]
        let spelled = CredentialSpelling.allCases.flatMap { [$0.key.rawName, $0.secret.rawName] }
        #expect(spelled == names)
        var headers = HTTPFields()
        headers[.init("x-api-key") ?? .cookie] = "pk_b"
        headers[.init("X-API-SECRET") ?? .cookie] = "hush"
        let extended = PartnerCredentials(headers)
        #expect([extended.key, extended.secret] == ["pk_b", "hush"])
        headers[.init("apiKey") ?? .cookie] = "pk_a"
        let both = PartnerCredentials(headers)
        #expect([both.key, both.secret] == ["pk_a", "hush"])
        var dumped = "\(both)"
        dump(both, to: &dumped)
        #expect(!dumped.contains("hush"))
        #expect(PartnerCredentials([:]).key == nil)
    }

    @Test("a new key has the API's form, is never drawn twice, and prints without its secret")
    func drawnKeys() {
        let keys = (0..<100).map { _ in DrawnKey() }
        for key in keys {
            #expect(key.id.wholeMatch(of: /pk_[A-Za-z0-9]{40}/) != nil)
            #expect(key.secret.wholeMatch(of: /sk_[A-Za-z0-9]{43}/) != nil)
            var dumped = "\(key)"
            dump(key, to: &dumped)
            #expect(!dumped.contains(key.secret))
        }
        #expect(Set(keys.map(\.id)).count == 100 && Set(keys.map(\.secret)).count == 100)
    }

    @Test("approved templates alone are listed, with their records as they came")
    func approved() throws {
        let body =
            #"{"success":true,"data":{"templates":[{"name":"a","language":"en","status":"APPROVED","x":[1]},"#
            + #"{"name":"b","language":"en","status":"PAUSED"}]}}"#
        let catalogue = try #require(TemplateCatalogue(JSON(parsing: body)))
        let listed =
            #"{"success":true,"data":{"templates":[{"name":"a","language":"en","status":"APPROVED","x":[1]}]}}"#
        #expect(catalogue.approved.json().text() == listed)
    }
}
