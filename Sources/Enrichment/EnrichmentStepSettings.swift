// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// One look-up as it stands under `enrich:` in the configuration: texts that nobody has checked yet.
///
/// `${ENV}` is already resolved, so address and headers may hold secrets: neither prints.
/// ``Enrichment/init(_:)`` checks it.
package struct EnrichmentStepSettings: Sendable, CustomStringConvertible, CustomReflectable {
    /// One header line.
    package struct Header: Sendable, CustomStringConvertible, CustomReflectable {
        /// The field's name, such as `Authorization`.
        package let name: String
        /// Liquid, or `file:PATH` for a file that is read anew for every look-up.
        package let value: String

        /// A header line.
        ///
        /// - Parameters:
        ///   - name: The field's name.
        ///   - value: Liquid, or `file:PATH`.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        /// The name alone.
        package var description: String { "\(name): [redacted]" }
        /// The name alone.
        package var customMirror: Mirror { Mirror(self, children: ["name": name]) }
    }

    /// `name`: where the result stands below `enriched`; a single step may do without.
    package var name: String?
    /// `url`: the address in Liquid.
    package var url: String
    /// `headers`, in their order.
    package var headers: [Header]
    /// `events`: the event types that need the look-up, `*` for any text; all if empty.
    package var events: [String]
    /// `hosts`: where the look-up may go, such as `api.xero.com` or `*.myshopify.com`; the host in `url` if empty.
    package var hosts: [String]
    /// `timeout`, such as `10s`; ten seconds if left out.
    package var timeout: String?
    /// `cache`: how old an answer may be that serves again; only answers younger than the event if left out.
    package var cache: String?

    /// Settings of a step.
    ///
    /// - Parameters:
    ///   - name: Where the result stands below `enriched`.
    ///   - url: The address in Liquid.
    ///   - headers: The header lines.
    ///   - events: The event types that need it.
    ///   - hosts: Where it may go.
    ///   - timeout: The most time for one try.
    ///   - cache: How old an answer may be that serves again.
    package init(
        name: String? = nil,
        url: String,
        headers: [Header] = [],
        events: [String] = [],
        hosts: [String] = [],
        timeout: String? = nil,
        cache: String? = nil
    ) {
        self.name = name
        self.url = url
        self.headers = headers
        self.events = events
        self.hosts = hosts
        self.timeout = timeout
        self.cache = cache
    }

    /// The name and the names of the headers.
    package var description: String { "look-up \(name ?? "without a name") with \(headers)" }
    /// The name and the names of the headers.
    package var customMirror: Mirror { Mirror(self, children: ["name": name as Any, "headers": headers]) }
}
