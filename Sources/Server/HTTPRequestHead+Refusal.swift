// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import HTTPValues
internal import NIOHTTP1

extension HTTPRequestHead {
    /// Why a head is not served; `nil` when nothing speaks against it.
    func refusal(_ limits: HTTPLimits) -> HTTPRefusal? {
        if let refusal = sizeRefusal(limits) { return refusal }
        let hosts = headers["host"].count
        // RFC 9112, section 3.2: 400 for HTTP/1.1 without the header and for any request with several.
        if hosts > 1 || hosts == 0 && !isOld { return .badHost(found: hosts) }
        return headers["expect"].allSatisfy(Self.isContinue) ? nil : .unknownExpectation
    }

    /// Whether the client waits for leave to send the body (RFC 9110, section 10.1.1).
    ///
    /// HTTP/1.0 does not know that.
    var expectsContinue: Bool {
        !isOld && headers["expect"].contains(where: Self.isContinue)
    }

    /// Whether it is of a version before HTTP/1.1.
    private var isOld: Bool { version.major < 1 || version.major == 1 && version.minor == 0 }

    private static func isContinue(_ expectation: String) -> Bool {
        expectation.lowercased() == "100-continue"
    }

    /// Which limit a head is over; `nil` when it is within all.
    private func sizeRefusal(_ limits: HTTPLimits) -> HTTPRefusal? {
        let targetBytes = uri.utf8.count
        if targetBytes > limits.targetBytes { return .targetTooLong(limits, found: targetBytes) }
        if headers.count > limits.headerFields {
            return .headersTooLarge("The head has \(headers.count) fields", allowed: "\(limits.headerFields)")
        }
        var sum = 0
        for (name, value) in headers {
            let size = name.utf8.count + value.utf8.count
            sum += size
            guard size > limits.headerFieldBytes else { continue }
            let found = "The header \(name.prefix(64)) has \(size) bytes"
            return .headersTooLarge(found, allowed: "\(limits.headerFieldBytes)")
        }
        guard sum > limits.headerBytes else { return nil }
        return .headersTooLarge("The head's fields have \(sum) bytes", allowed: "\(limits.headerBytes)")
    }
}

extension HTTPRequest.Method {
    /// The same method; the decoder lets none through whose name would be no token.
    init(_ method: HTTPMethod) {
        switch method {
        case .POST: self = .post
        case .GET: self = .get
        case .HEAD: self = .head
        case .PUT: self = .put
        case .OPTIONS: self = .options
        default: self = HTTPRequest.Method(rawValue: method.rawValue) ?? .trace
        }
    }
}

extension HTTPFields {
    /// The same fields, but for the one `Host`, which says where a request went and not what it is.
    init(_ headers: HTTPHeaders) {
        self.init()
        reserveCapacity(headers.count)
        for (name, value) in headers where !name.isHost {
            if let name = HTTPField.Name(name) { append(HTTPField(name: name, value: value)) }
        }
    }
}

extension String {
    fileprivate var isHost: Bool { utf8.count == 4 && lowercased() == "host" }
}
