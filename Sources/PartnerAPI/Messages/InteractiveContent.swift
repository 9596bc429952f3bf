// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import OrderedCollections

/// Buttons or lists: an object that leaves as a JSON string.
package struct InteractiveContent: Hashable, Sendable {
    /// The object.
    package let object: OrderedDictionary<String, JSON>
    /// The object as it leaves: a caller's own text byte for byte, or compact JSON of ours.
    package let text: String

    /// Content of our own making.
    ///
    /// - Parameter object: The object.
    package init(_ object: OrderedDictionary<String, JSON>) {
        self.object = object
        text = JSON.object(object).text()
    }

    /// A caller's content.
    ///
    /// - Parameters:
    ///   - object: What the text holds.
    ///   - text: The JSON as the caller wrote it.
    init(_ object: OrderedDictionary<String, JSON>, as text: String) {
        self.object = object
        self.text = text
    }
}
