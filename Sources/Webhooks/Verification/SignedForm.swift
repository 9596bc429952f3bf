// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPValues

/// A form that carries its own signature in one of its fields.
struct SignedForm {
    /// All other fields by name.
    let fields: [String: String]
    /// The signature's field as received.
    let signature: String
    private let scheme: String

    /// Reads a request's body.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - signature: The signature's field.
    ///   - scheme: What failures name.
    /// - Throws: ``VerificationFailure`` for a form without that field, and for one that has any field twice: which
    ///   of the two was signed would be open.
    init(_ request: InboundRequest, signature: String, scheme: String) throws(VerificationFailure) {
        let form = FormFields(decoding: request.body)
        guard !form.isCut else {
            let expected = "a form with at most \(FormFields.maxFields) fields"
            throw VerificationFailure(scheme: scheme, reason: .malformedBody(expected: expected))
        }
        var fields: [String: String] = [:]
        for field in form where fields.updateValue(field.value, forKey: field.name) != nil {
            throw VerificationFailure(scheme: scheme, reason: .malformedBody(expected: "a form with each field once"))
        }
        guard let found = fields.removeValue(forKey: signature), !found.isEmpty else {
            throw VerificationFailure(scheme: scheme, reason: .missingField(signature))
        }
        self.fields = fields
        self.signature = found
        self.scheme = scheme
    }

    /// A failure that names the scheme.
    ///
    /// - Parameter reason: What failed.
    /// - Returns: The failure.
    func failure(_ reason: VerificationFailure.Reason) -> VerificationFailure {
        VerificationFailure(scheme: scheme, reason: reason)
    }
}
