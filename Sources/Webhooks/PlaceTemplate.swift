// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Reads what settings write for a value: one place, or several in one text such as `{{ body.id }}-{{ body.status }}`.
///
/// Text outside of the braces is kept as it is; inside of them stands a place and nothing else.
struct PlaceTemplate: Hashable, Sendable {
    /// In the order of the text, with a constant for what stands between two of them.
    let places: [Place]

    /// What settings may write, for messages.
    static let form =
        "a place such as body.type, header.X-Topic, query.kind, 'a constant' or body_hash, or several in braces such as "
        + "{{ body.id }}-{{ body.status }}"

    /// Reads a text; `nil` comes back for what is neither a place nor has one in braces.
    ///
    /// - Parameter text: As configuration writes it.
    init?(_ text: String) {
        guard text.contains("{{") else {
            guard !text.contains("}}"), let place = Place(text) else { return nil }
            places = [place]
            return
        }
        var places: [Place] = []
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}"),
                let place = Self.place(rest[open.upperBound..<close.lowerBound])
            else { return nil }
            Self.append(rest[..<open.lowerBound], to: &places)
            places.append(place)
            rest = rest[close.upperBound...]
        }
        guard !rest.contains("}}") else { return nil }
        Self.append(rest, to: &places)
        self.places = places
    }

    /// The value of all parts in a row; there only when every part is.
    var extraction: Extraction {
        places.count == 1 ? Extraction(places[0]) : .joined(places, separator: "")
    }

    /// What stands in braces; a filter of Liquid would be read as a part of the field's name.
    private static func place(_ text: Substring) -> Place? {
        text.contains { "{|".contains($0) } ? nil : Place("{{\(text)}}")
    }

    private static func append(_ literal: Substring, to places: inout [Place]) {
        if !literal.isEmpty { places.append(.constant(String(literal))) }
    }
}
