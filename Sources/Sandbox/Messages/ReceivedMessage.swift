// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import PartnerAPI

/// One message that the sandbox accepted.
package struct ReceivedMessage: Hashable, Sendable {
    /// The id that the answer named.
    package let id: String
    /// When it was accepted.
    package let time: Timestamp
    /// What was asked for.
    package let request: MessageRequest
    /// What the customer would read; `nil` for content that the sandbox cannot show.
    package let rendering: RenderedMessage?
    /// The message as the partner would hand it to the WhatsApp Cloud API.
    package let cloud: JSON
    /// Whose message it is.
    package let workspaceID: String
    /// Whose telephone it reached: the request's number, or that of its contact.
    package let recipient: PhoneNumberDigits
    /// The contact's name, where the request or the workspace's contacts know one.
    package let recipientName: String?
    /// The number it left from.
    package let sender: PhoneNumberDigits
    /// Its place among all messages since the sandbox began, from 1; later messages have larger ones.
    package let sequence: Int

    /// The message as `GET /sandbox/messages` shows it.
    var json: JSON {
        [
            "id": .string(id), "time": .string(time.rfc3339), "workspaceId": .string(workspaceID),
            "from": .string(sender.digits), "to": .string(recipient.digits),
            "name": recipientName.map { .string($0) } ?? .null, "request": request.json(),
            "text": rendering.map { .string($0.body) } ?? .null, "cloud": cloud,
        ]
    }
}
