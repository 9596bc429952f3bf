// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Events

/// Orders of many shops, and rules that each shop wrote for its own.
///
/// The rules of a shop use, in turn, the kinds of operators that rules are mostly made of: exact, prefix,
/// anything-but, exists, numeric. An event has about 4.8 kB, the size of an order with its lines and addresses, and
/// belongs to one of the first 200 shops.
struct Workload {
    /// How many shops send events.
    static let activeShops = 200

    let patterns: [EventPattern]
    let events: [[UInt8]]

    /// Makes rules and events.
    ///
    /// - Parameters:
    ///   - ruleCount: A multiple of `rulesPerShop`.
    ///   - rulesPerShop: Five in the reference; fifty fills 200 shops with 10,000 rules.
    ///   - eventCount: How many different events there are.
    /// - Throws: `JSONError` or `EventPatternError` when a rule is malformed, which is a mistake in this file.
    init(ruleCount: Int, rulesPerShop: Int, eventCount: Int = 1_000) throws {
        patterns = try (0..<ruleCount).map { number in
            try EventPattern(payload: JSON(parsing: Self.rule(number, shop: number / rulesPerShop)))
        }
        var random = SystemRandomNumberGenerator()
        events = (0..<eventCount).map { number in
            Self.event(number, shop: number % Self.activeShops, total: Int.random(in: 0..<5_000, using: &random))
        }
    }

    static func shopName(_ shop: Int) -> String { "shop-\(shop).example" }

    private static func rule(_ number: Int, shop: Int) -> String {
        let own = #""shop":["\#(shopName(shop))"]"#
        switch number % 5 {
        case 0: return "{\(own),\"financial_status\":[\"paid\",\"authorized\"]}"
        case 1: return "{\(own),\"name\":[{\"prefix\":\"#\(number % 7 + 1)\"}]}"
        case 2: return "{\(own),\"customer\":{\"state\":[{\"anything-but\":[\"disabled\",\"invited\"]}]}}"
        case 3: return "{\(own),\"cancelled_at\":[{\"exists\":true}],\"line_items\":{\"sku\":[{\"prefix\":\"SKU-1\"}]}}"
        default: return "{\(own),\"total\":[{\"numeric\":[\">\",\(number % 40 * 100),\"<=\",4500]}]}"
        }
    }

    private static func event(_ number: Int, shop: Int, total: Int) -> [UInt8] {
        let states = ["enabled", "disabled", "invited", "declined"]
        let items = (0..<8).map { item in
            """
            {"id":\(7_000_000_000 + number * 10 + item),"sku":"SKU-\(number % 90 + item)","title":"Cotton tee, size \(item)",\
            "quantity":\(item % 3 + 1),"price":"\(199 + item * 50).00","grams":\(250 + item),"taxable":true,"vendor":"Loom & Co",\
            "requires_shipping":true,"properties":[{"name":"gift","value":"no"}],"discount_allocations":[],\
            "tax_lines":[{"title":"IGST","rate":0.05,"price":"\(9 + item).95"}],"fulfillment_status":null}
            """
        }
        let text = """
            {"id":\(5_000_000_000 + number),"shop":"\(shopName(shop))","name":"#\(1_000 + number * 7)","email":"buyer\(number)@example.com",\
            "created_at":"2026-01-15T10:00:00+05:30","financial_status":"\(["paid", "pending", "authorized"][number % 3])",\
            "fulfillment_status":null,"currency":"INR","total":\(total),"subtotal_price":"\(total).00","total_tax":"49.95",\
            "cancelled_at":\(number % 4 == 0 ? "\"2026-01-15T11:00:00+05:30\"" : "null"),"tags":"new, web","test":false,\
            "note":"Please leave the parcel with the neighbour on the second floor; the bell does not work.",\
            "customer":{"id":\(900_000 + number),"state":"\(states[number % 4])","first_name":"Asha","last_name":"Rao",\
            "orders_count":\(number % 9),"verified_email":true,"default_address":\(address(number))},\
            "billing_address":\(address(number + 1)),"shipping_address":\(address(number + 2)),"line_items":[\(items.joined(separator: ","))],\
            "shipping_lines":[{"title":"Standard","price":"0.00","code":"STD"}],"note_attributes":[],"payment_gateway_names":["upi"],\
            "client_details":{"browser_ip":"203.0.113.\(number % 250)","user_agent":"\(userAgent)","session_hash":null}}
            """
        return Array(text.utf8)
    }

    private static let userAgent = String(repeating: "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 ", count: 11)

    private static func address(_ number: Int) -> String {
        """
        {"first_name":"Asha","last_name":"Rao","address1":"\(number) Lake View Road","address2":"Second floor","city":"Bengaluru",\
        "zip":"560\(100 + number % 800)","province":"Karnataka","country":"India","country_code":"IN","province_code":"KA",\
        "phone":null,"company":null,"latitude":12.9716,"longitude":77.5946}
        """
    }
}
