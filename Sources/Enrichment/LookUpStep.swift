// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import Liquid

/// One look-up, compiled.
struct LookUpStep: Sendable {
    /// The time for one try when nobody says otherwise.
    static let defaultTimeout: Duration = .seconds(10)

    let name: String?
    let address: AddressTemplate
    let headers: [HeaderTemplate]
    /// The event types that need it; all if empty.
    let events: [EventTypePattern]
    let timeout: Duration
    /// How old an answer may be that serves again; `nil` for answers alone that are younger than the event.
    let maxAge: Duration?

    /// Whether events of a type need the look-up.
    func covers(_ type: String) -> Bool {
        events.isEmpty || events.contains { $0.matches(type) }
    }

    /// What the operator knows the look-up by.
    var label: String { name.map { "look-up '\($0)'" } ?? "look-up" }

    /// Fills in what is to be fetched for an event.
    ///
    /// - Parameters:
    ///   - scope: The event's values and the answers of earlier steps.
    ///   - readFile: Reads the file of a header.
    /// - Returns: The request, complete.
    /// - Throws: ``LookUpFailure``; final, except for a file that cannot be read.
    func lookUp(_ scope: LiquidScope, readFile: Enricher.FileReader) throws(LookUpFailure) -> LookUp {
        let place: AddressTemplate.Place
        do throws(WebAddressError) {
            place = try address.render(scope)
        } catch {
            throw LookUpFailure("\(label): url \(error.reason)", isFinal: true)
        }
        var fields: [HeaderField] = []
        for header in headers {
            do throws(HeaderTemplate.Failure) {
                fields.append(try header.field(scope, readFile: readFile))
            } catch {
                throw LookUpFailure("\(label): header '\(header.name)' \(error.reason)", isFinal: error.isFinal)
            }
        }
        if !headers.contains(where: { $0.name.lowercased() == "accept" }) {
            fields.append(HeaderField("Accept", "application/json"))
        }
        return LookUp(
            address: place.address,
            headers: fields,
            refusesPrivateAddresses: place.refusesPrivateAddresses,
            timeout: timeout
        )
    }
}

/// A request, complete; two that are equal may share an answer.
struct LookUp: Hashable, Sendable, CustomStringConvertible {
    let address: WebAddress
    let headers: [HeaderField]
    /// Whether the host was not written down by the operator, so that it must not lead into the own network.
    let refusesPrivateAddresses: Bool
    let timeout: Duration

    /// Method and host: path, query and headers may hold what nobody should read.
    var description: String { "GET \(address.host)" }
}

/// Why an event could not be enriched now.
///
/// The caller tries again later, unless ``isFinal`` says that it would end the same.
package struct LookUpFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence for the operator: which look-up, which host, what came back, what was expected.
    ///
    /// Never a path or query of the address, a header's value, a word of an answer's body, or a phone number.
    package let reason: String
    /// How long the other side wants to be left alone, with a 429 or 503.
    package let retryAfter: Duration?
    /// Whether trying again cannot help while event and configuration are what they are.
    package let isFinal: Bool

    init(_ reason: String, retryAfter: Duration? = nil, isFinal: Bool = false) {
        self.reason = NumberHiding.hide(in: reason)
        self.retryAfter = retryAfter
        self.isFinal = isFinal
    }

    package var description: String { reason }
}
