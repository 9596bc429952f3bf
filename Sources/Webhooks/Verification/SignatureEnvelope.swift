// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// How signatures, their time stamp and a message id stand in a request's headers, whatever made them.
protocol SignatureEnvelope: CustomStringConvertible, Sendable {
    /// The header that holds the signature.
    var header: HeaderName { get }
    /// How one or several signatures stand in it.
    var syntax: HMACScheme.Syntax { get }
    /// Where the time stamp is.
    var timestamp: HMACScheme.TimeStamp? { get }
    /// The header that `{id}` stands for.
    var id: HeaderName? { get }
}

extension SignatureEnvelope {
    /// A failure that names this scheme.
    ///
    /// - Parameter reason: What failed.
    /// - Returns: The failure.
    func failure(_ reason: VerificationFailure.Reason) -> VerificationFailure {
        VerificationFailure(scheme: description, reason: reason)
    }

    /// Judges a time stamp whose signature is good.
    ///
    /// - Parameters:
    ///   - time: The time stamp; `nil` where the scheme has none.
    ///   - now: Our clock.
    /// - Throws: ``VerificationFailure`` when it is too old or too far ahead.
    func checkWindow(_ time: Timestamp?, now: Timestamp) throws(VerificationFailure) {
        guard let time, let stamp = timestamp else { return }
        let age = time.duration(to: now)
        if let past = stamp.past, age > past { throw failure(.stale(age: age, allowed: past)) }
        if let future = stamp.future, age < .zero - future {
            throw failure(.future(ahead: .zero - age, allowed: future))
        }
    }
}
