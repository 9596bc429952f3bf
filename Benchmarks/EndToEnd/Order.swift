// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A paid order of a made-up shop, as large and as nested as such orders are.
struct Order {
    /// Makes the ids, the recipient and the amounts.
    let number: Int

    /// About 4.7 kB of compact JSON.
    var json: String {
        """
        {"id":"ord_\(number)","event":"order.paid","shop":"loom.example","name":"#\(number % 100_000)",\
        "email":"buyer\(number)@example.com","created_at":"2026-01-15T10:00:00+05:30",\
        "processed_at":"2026-01-15T10:00:02+05:30","financial_status":"paid","fulfillment_status":null,"currency":"INR",\
        "total_price":"\(600 + number % 4_000).00","subtotal_price":"\(550 + number % 4_000).00","total_tax":"50.00",\
        "total_discounts":"0.00","cancelled_at":null,"tags":"new, web","test":false,"buyer_accepts_marketing":true,\
        "note":"Please leave the parcel with the neighbour on the second floor; the bell does not work.",\
        "customer":{"id":\(900_000_000 + number),"state":"enabled","first_name":"Meera","last_name":"Nair","orders_count":\
        \(number % 9),"phone":"\(phone)","verified_email":true,"default_address":\(address("12 Lake View Road"))},\
        "billing_address":\(address("7 Temple Street")),"shipping_address":\(address("44 Palm Grove")),\
        "line_items":[\((0..<9).map(item).joined(separator: ","))],"fulfillments":[],"refunds":[],"discount_codes":[],\
        "shipping_lines":[{"title":"Standard","price":"0.00","code":"STD","source":"shop","carrier_identifier":null}],\
        "tax_lines":[{"title":"CGST","rate":0.025,"price":"25.00"},{"title":"SGST","rate":0.025,"price":"25.00"}],\
        "note_attributes":[{"name":"gift_wrap","value":"no"}],"payment_gateway_names":["upi"],"landing_site":"/",\
        "client_details":{"browser_ip":"203.0.113.\(number % 250)","accept_language":"en-IN,en;q=0.9","user_agent":\
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"}}
        """
    }

    private var phone: String { "+91 98450 \(10_000 + number % 90_000)" }

    private func address(_ street: String) -> String {
        """
        {"first_name":"Meera","last_name":"Nair","address1":"\(street)","address2":"Second floor","city":"Bengaluru",\
        "zip":"560001","province":"Karnataka","country":"India","country_code":"IN","province_code":"KA",\
        "phone":"\(phone)","company":null,"latitude":12.9716,"longitude":77.5946}
        """
    }

    private func item(_ position: Int) -> String {
        """
        {"id":\(7_000_000_000 + number * 10 + position),"sku":"SKU-\(number % 90 + position)","title":"Cotton tee, size \
        \(position)","quantity":\(position % 3 + 1),"price":"\(199 + position * 50).00","grams":\(250 + position),\
        "taxable":true,"vendor":"Loom & Co","requires_shipping":true,"properties":[{"name":"gift","value":"no"}],\
        "discount_allocations":[],"tax_lines":[{"title":"IGST","rate":0.05,"price":"\(9 + position).95"}]}
        """
    }
}
