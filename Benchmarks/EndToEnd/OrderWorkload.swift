// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import NIOCore
import Webhooks

/// Orders of a shop as whole HTTP requests, signed before any clock starts; no two have the same id.
struct OrderWorkload {
    static let source = "shop"
    static let secret = "benchmark-secret-0123456789abcdef"

    /// Posted before the clock starts.
    let warmUp: [ByteBuffer]
    /// Posted while it runs.
    let requests: [ByteBuffer]

    /// Prepares a round's requests.
    ///
    /// - Parameters:
    ///   - round: Makes the ids of rounds differ.
    ///   - events: How many to measure with.
    ///   - warmUp: How many more to warm up with.
    /// - Throws: `SourceMistakes` when the source's settings are wrong, which is a mistake in this file.
    init(round: Int, events: Int, warmUp: Int) throws {
        var settings = SourceSettings(name: Self.source, preset: nil)
        settings.secrets = [.init(Self.secret, label: "secrets[0]")]
        let source = try Source(settings)
        let now = SystemClock().now
        let prepared = (0..<(events + warmUp)).map { number in
            Self.request(Order(number: round * 10_000_000 + number).json, to: source, now: now)
        }
        self.warmUp = Array(prepared[..<warmUp])
        requests = Array(prepared[warmUp...])
    }

    /// How large a body is.
    static var averageBytes: Int { (0..<100).reduce(0) { $0 + Order(number: 10_000_000 + $1).json.utf8.count } / 100 }

    private static func request(_ json: String, to source: Source, now: Timestamp) -> ByteBuffer {
        let body = Array(json.utf8)
        var head = "POST \(source.path) HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: shop/2.4 (+https://shop.example)\r\n"
        head += "Accept: */*\r\nContent-Length: \(body.count)\r\n"
        for field in source.sign(body, now: now).headers { head += "\(field.name.rawName): \(field.value)\r\n" }
        var buffer = ByteBuffer()
        buffer.reserveCapacity(head.utf8.count + 2 + body.count)
        buffer.writeString(head + "\r\n")
        buffer.writeBytes(body)
        return buffer
    }

    /// How many rules ``rules`` has.
    static let ruleCount = 8

    /// Rules as a shop has them; every order of the workload matches `order-paid` and no other.
    static let rules = """
        version: 1
        source: shop
        defaults: {country: IN, language: [en_US, en]}
        rules:
          - name: order-created
            event: order.created
            to: "{{ customer.phone }}"
            send: {template: order_created, variables: {1: "{{ name }}"}}
          - name: order-paid
            event: order.paid
            match:
              financial_status: [paid]
              total_price: [{gte: 500}]
              tags: [{anything-but: wholesale}]
            once_per: "{{ id }}"
            to: {phone: ["{{ shipping_address.phone }}", "{{ customer.phone }}"]}
            send:
              template: order_paid
              variables:
                1: "{{ customer.first_name | default: 'there' }}"
                2: "{{ name | remove: '#' }}"
                3: "{{ line_items | map: 'title' | join: ', ' | truncate: 60 }}"
                4: "{{ total_price | money: currency }}"
          - name: order-paid-small
            event: order.paid
            match: {financial_status: [paid], total_price: [{lt: 500}]}
            to: "{{ customer.phone }}"
            send: {template: order_paid_small, variables: {1: "{{ name }}"}}
          - name: order-paid-wholesale
            event: order.paid
            match: {tags: [{prefix: "b2b-"}], customer: {state: [enabled]}}
            to: "{{ customer.phone }}"
            send: {template: order_paid_wholesale, variables: {1: "{{ name }}"}}
          - name: order-abroad
            event: order.*
            match: {shipping_address: {country_code: [{anything-but: IN}]}}
            to: "{{ customer.phone }}"
            send: {template: order_abroad, variables: {1: "{{ name }}"}}
          - name: order-shipped
            event: [order.shipped, order.fulfilled]
            match: {fulfillments: {tracking_number: [{exists: true}]}}
            to: "{{ customer.phone }}"
            send: {template: order_shipped, variables: {1: "{{ name }}"}}
          - name: order-cancelled
            event: order.cancelled
            match: {cancelled_at: [{anything-but: ""}]}
            to: "{{ customer.phone }}"
            send: {template: order_cancelled, variables: {1: "{{ name }}"}}
          - name: order-refunded
            event: order.*
            match: {financial_status: [refunded, partially_refunded]}
            to: "{{ customer.phone }}"
            send: {template: order_refunded, variables: {1: "{{ name }}"}}
        """
}
