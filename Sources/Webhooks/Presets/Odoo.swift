// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension Preset {
    /// Odoo 17 and later: the server action "Send Webhook Notification".
    package static let odoo = Preset(
        name: "odoo",
        title: "Odoo",
        // Odoo can set no header and signs nothing: what is left is a long random token in the address.
        verification: .token(TokenScheme(carrier: .query("token"))),
        eventType: "body._model",
        eventID: .none,
        // Odoo never repeats a delivery; the same record may be sent again soon and be meant.
        dedupe: Dedupe(key: "body_hash", window: .seconds(60)),
        money: .major,
        // odoo/fields.py: an empty field is False in Python and false in JSON. The note on time zones in Odoo's ORM reference:
        // Datetime is kept in UTC without a zone, and what shows it converts it.
        conventions: DataConventions(writer: "Odoo", falseIsMissing: true, timeZone: "UTC"),
        timesDocumentation: "https://www.odoo.com/documentation/17.0/developer/reference/backend/orm.html",
        traps: [
            "Put ?token=… with the secret behind the address, and keep it out of your proxy's logs.",
            "The token proves who sent, not what: the body is not signed.",
            "Odoo waits one second and never tries again.",
            "A field that points to a record is its number: tick the fields of the customer themselves.",
            "false stands for an empty field, of any type: it counts as missing where it would be shown. In conditions it is false.",
            "Dates with a time are UTC without saying so; give date your zone. A date without a time is that day everywhere.",
            "Odoo trusts no private certificate authority: use a public certificate, or plain http inside your own network.",
            "_action is the action's name and number, such as \"Order confirmed(#12)\"; match on it in rules.",
        ],
        steps: [
            "Make up a long random token: it is the secret.",
            "In Studio or Settings > Technical > Automation Rules add a rule with the action Send Webhook Notification.",
            "Enter the source's https address with ?token=… behind it, and tick the fields to send.",
        ],
        unconfirmed: [
            "The menus; Odoo's code is what was read.",
            "That a private certificate authority is refused.",
        ],
        documentation: "https://www.odoo.com/documentation/17.0/applications/studio/automated_actions.html"
    )
}
