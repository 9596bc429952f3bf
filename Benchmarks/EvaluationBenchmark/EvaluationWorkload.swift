// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Rules

/// Rules and events for each question that the benchmark asks.
enum EvaluationWorkload {
    static let now = Timestamp(seconds: 1_768_451_400)

    /// Rules that stand under `rules:`.
    ///
    /// - Throws: What is wrong with them, which is a mistake in this file.
    static func rules(_ rules: [String]) throws -> RuleSet {
        let text = "version: 1\nsource: shop\ndefaults: {country: IN}\nrules:\n" + rules.joined()
        let loaded = RuleFolder.load(texts: [(path: "benchmark.yaml", text: text)])
        guard let set = loaded.rules else { throw BenchmarkMistake(text: "\(loaded.diagnostics.prefix(3))") }
        return set
    }

    static func event(_ bytes: [UInt8]) throws -> Event {
        Event(
            id: EventID(rawValue: "evt_1"),
            source: "shop",
            type: "order.paid",
            receivedAt: now,
            rawBody: bytes,
            payload: try JSONDocument(bytes)
        )
    }

    /// A rule as shops have them: a number from a field, four variables, one of them an amount and one a date.
    static func typical(_ number: Int) -> String {
        """
          - name: order-paid-\(number)
            event: order.paid
            match: {financial_status: [paid]}
            to: "{{ customer.phone }}"
            send:
              template: order_paid_\(number)
              language: en
              variables:
                1: "{{ customer.first_name | default: 'there' }}"
                2: "{{ name | remove: '#' }}"
                3: "{{ total_price | money: currency }}"
                4: "{{ created_at | date: '%d %b, %H:%M', 'Asia/Kolkata' }}"

        """
    }

    /// A rule that matches no event of the workload, for what a rule costs that is merely looked at.
    static let idle = """
          - name: idle
            event: order.paid
            match: {financial_status: [voided]}
            to: "{{ customer.phone }}"
            send: {template: idle, language: en}

        """

    /// An order of a made-up shop with so many lines; nine make about 4.7 kB.
    static func order(lines: Int = 9, name: String = "#1042") -> [UInt8] {
        let items = (0..<lines).map { line in
            """
            {"id":\(7_000_000_000 + line),"sku":"SKU-\(line)","title":"Cotton tee, size \(line)","quantity":\(line % 3 + 1),\
            "price":"\(199 + line * 50).00","grams":\(250 + line),"taxable":true,"vendor":"Loom & Co",\
            "requires_shipping":true,"properties":[{"name":"gift","value":"no"}],"discount_allocations":[],\
            "tax_lines":[{"title":"IGST","rate":0.05,"price":"\(9 + line).95"}]}
            """
        }
        let address = """
            {"first_name":"Meera","last_name":"Nair","address1":"44 Palm Grove","address2":"Second floor",\
            "city":"Bengaluru","zip":"560001","province":"Karnataka","country":"India","country_code":"IN",\
            "province_code":"KA","phone":"+91 98450 61237","company":null,"latitude":12.9716,"longitude":77.5946}
            """
        let text = """
            {"id":"ord_1","event":"order.paid","shop":"loom.example","name":"\(name)","email":"buyer1@example.com",\
            "created_at":"2026-01-15T10:00:00+05:30","processed_at":"2026-01-15T10:00:02+05:30",\
            "financial_status":"paid","fulfillment_status":null,"currency":"INR","total_price":"1499.00","total":1499,\
            "subtotal_price":"1449.00","total_tax":"50.00","cancelled_at":null,"tags":"new, web","test":false,\
            "note":"Please leave the parcel with the neighbour on the second floor; the bell does not work.",\
            "customer":{"id":900000001,"state":"enabled","first_name":"Meera","last_name":"Nair","orders_count":3,\
            "phone":"+91 98450 61237","verified_email":true,"default_address":\(address)},\
            "billing_address":\(address),"shipping_address":\(address),"line_items":[\(items.joined(separator: ","))],\
            "fulfillments":[],"refunds":[],"discount_codes":[],"shipping_lines":[{"title":"Standard","price":"0.00",\
            "code":"STD","source":"shop","carrier_identifier":null}],"note_attributes":[{"name":"gift_wrap","value":"no"}],\
            "payment_gateway_names":["upi"],"landing_site":"/","client_details":{"browser_ip":"203.0.113.9","user_agent":\
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"}}
            """
        return Array(text.utf8)
    }

    /// A pattern without a selective value: a shared equality, and in turn a range, a prefix, anything-but.
    static func unselective(_ number: Int) -> String {
        let shared = #""financial_status":["paid"]"#
        switch number % 3 {
        case 0: return #"{\#(shared),"total":[{"numeric":[">",\#(number % 5_000),"<=",\#(number % 5_000 + 40)]}]}"#
        case 1: return ##"{\##(shared),"name":[{"prefix":"#\##(number)"}]}"##
        default: return #"{\#(shared),"customer":{"state":[{"anything-but":["enabled","state-\#(number)"]}]}}"#
        }
    }

    /// A pattern of several conditions that must hold in one element of a list: each holds in some, all in none.
    static func inOneElement(_ number: Int, conditions: Int) -> String {
        let tests = [
            #""sku":[{"prefix":"SKU-"}]"#, #""quantity":[{"numeric":["=",\#(number % 3 + 1)]}]"#,
            #""title":[{"suffix":" \#(number % 49)"}]"#, #""grams":[{"numeric":[">",\#(251 + number % 49)]}]"#,
            #""taxable":[true]"#, #""vendor":["Loom & Co"]"#,
        ]
        return #"{"line_items":{\#(tests.prefix(conditions).joined(separator: ","))}}"#
    }
}

/// Something in the workload that does not compile.
struct BenchmarkMistake: Error {
    let text: String
}
