// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

/// Reads a form, URL-encoded or multipart, into an object.
///
/// A field that comes once is a text, one that comes more often is a list, and so is one whose name ends in `[]`. Names
/// with brackets are there as they were written, and once more as what they mean: `items[]` is the list `items`,
/// `customer[name]` is `name` in the object `customer`, `items[0]` is the first of a list.
struct FormBody {
    /// What a name stands for: a text, or of a file its name, type and size.
    typealias Entry = (name: String, value: JSON)

    /// All entries, in their order.
    let entries: [Entry]

    /// Reads a request's form.
    ///
    /// - Parameters:
    ///   - body: The body, without UTF-16.
    ///   - contentType: The header's value.
    ///   - isStrict: Whether it is a form in UTF-8 whatever the sender says of it.
    /// - Throws: ``WebhookError`` for too many fields, for a charset that does not fit, for a broken multipart body.
    init(_ body: [UInt8], contentType: String?, isStrict: Bool) throws(WebhookError) {
        if !isStrict, BodyDecoding.mediaType(contentType) == MultipartForm.mediaType {
            let form = try MultipartForm(body, contentType: contentType)
            let named = HeaderParameters.value(of: "charset", in: contentType)
            let fields = try Self.decoded(form.fields, named: named)
            entries = fields.map { ($0.name, .string($0.value)) } + form.files
            return
        }
        let raw = FormFields.raw(body)
        guard !raw.isCut else { throw Self.tooMany }
        let named = isStrict ? "utf-8" : HeaderParameters.value(of: "charset", in: contentType)
        entries = try Self.decoded(raw.fields, named: named, isStrict: isStrict).map { ($0.name, .string($0.value)) }
    }

    /// The refusal of a form with more fields than are read.
    static let tooMany = BodyText.mistake(
        "the form has more than \(FormFields.maxFields) fields, which is the most that is allowed"
    )

    /// The first field's text.
    ///
    /// - Parameter name: The field.
    /// - Returns: `nil` when there is none.
    func text(of name: String) -> String? {
        entries.first { $0.name == name }?.value.string
    }

    /// The payload.
    var object: JSON {
        var values = OrderedDictionary(grouping: entries, by: \.name).mapValues { same in same.map(\.value) }
        var members = OrderedDictionary(
            uniqueKeysWithValues: values.map { name, values in
                (name, values.count == 1 && !name.hasSuffix("[]") ? values[0] : JSON.array(values))
            }
        )
        values = values.filter { $0.key.hasSuffix("]") }
        for (name, value) in BracketedNames.objects(of: values) where members[name] == nil { members[name] = value }
        return .object(members)
    }

    // MARK: Charsets

    /// The fields in the charset that the content type names, or a field of the form itself.
    ///
    /// - SeeAlso: [HTML: the `_charset_` field](https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#attr-fe-name-charset);
    ///   `charset` is what PayPal's instant payment notifications say.
    private static func decoded(
        _ fields: [FormFields.Raw],
        named: String?,
        isStrict: Bool = false
    ) throws(WebhookError) -> [FormFields.Field] {
        let inside =
            isStrict
            ? []
            : ["_charset_", "charset"].compactMap { name in
                fields.first { $0.name.elementsEqual(name.utf8) }.flatMap {
                    String(validating: $0.value, as: UTF8.self)
                }
            }
        let names = [named].compactMap(\.self) + inside
        let pieces = fields.flatMap { [$0.name, $0.value] }
        guard let texts = BodyText.texts(of: pieces, declared: names.compactMap(TextCharset.init)) else {
            throw unreadable(fields, names)
        }
        return stride(from: 0, to: texts.count, by: 2).map { FormFields.Field(name: texts[$0], value: texts[$0 + 1]) }
    }

    private static func unreadable(_ fields: [FormFields.Raw], _ names: [String]) -> WebhookError {
        let first = fields.first { field in
            [field.name, field.value].contains { String(validating: $0, as: UTF8.self) == nil }
        }
        let name = BodyText.shown(String(decoding: first?.name ?? [], as: UTF8.self))
        let found = names.map(BodyText.shown).joined(separator: ", ")
        let charsets = found.isEmpty ? "no charset is named" : "\(found) is no charset that is known and fits"
        return BodyText.mistake(
            "the form's field \(name) is not UTF-8, and \(charsets); "
                + "expected UTF-8, or the charset's name in Content-Type or in a field _charset_"
        )
    }
}
