// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension Preset {
    /// WooCommerce: orders, products, customers, coupons of a WordPress shop.
    package static let woocommerce = Preset(
        name: "woocommerce",
        title: "WooCommerce",
        verification: .hmac(HMACScheme(encoding: .base64, key: .htmlUnescaped, header: "X-WC-Webhook-Signature")),
        eventType: "header.X-WC-Webhook-Topic",
        // X-WC-Webhook-Delivery-ID is a hash of the current second: two events can share it.
        eventID: .none,
        eventTime: EventTime(place: ["body.date_modified_gmt", "body.date_created_gmt"]),
        dedupe: Dedupe(
            key: .first(
                of: .joined(["header.X-WC-Webhook-Topic", "body.id", "body.date_modified_gmt", "body_hash"]),
                .joined(["header.X-WC-Webhook-Topic", "body_hash"])
            ),
            window: .seconds(86_400)
        ),
        handshakes: [.unsignedForm(field: "webhook_id")],
        address: AddressRules(ports: [80, 443, 8080]),
        money: .major,
        // wc_rest_prepare_date_response: date_created is the site's local time, date_created_gmt is UTC; neither says so.
        conventions: DataConventions(writer: "WooCommerce", utcEndings: ["_gmt"]),
        timesDocumentation:
            "https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/wc-rest-functions.php",
        traps: [
            "WordPress posts only to ports 80, 443 and 8080 and only to public addresses.",
            "Nothing is repeated: what we do not take is lost, and after more than five failures in a row the webhook is disabled.",
            "Deliveries wait for wp-cron; on a quiet shop that takes minutes, and the body is the order as it is then.",
            "order.updated also comes for new orders and for checkout-draft: match on status, use once_per.",
            "Times say no zone: date_created is the shop's own time, so give date the shop's zone; date_created_gmt and all other *_gmt are read as UTC.",
            "A deleted order carries its id alone. Names hold HTML entities such as &ndash;: `| html_decode`.",
        ],
        steps: [
            "In WordPress open WooCommerce > Settings > Advanced > Webhooks and choose Add webhook.",
            "Set the status to Active, choose the topic, and enter the source's https address as Delivery URL.",
            "Set a long random secret, and save; the test that WooCommerce then posts is answered by itself.",
        ],
        unconfirmed: [
            "The menus, which are known from other receivers' guides; WooCommerce's code was read for the rest."
        ],
        documentation: "https://woocommerce.com/document/webhooks/"
    )
}
