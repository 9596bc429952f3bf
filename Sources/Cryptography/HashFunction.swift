// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibcrypto

/// A hash function of those that senders use.
package enum HashFunction: String, Hashable, Sendable, CaseIterable {
    /// For keyed hashes of senders that have nothing better, and nothing else.
    case sha1
    case sha256
    case sha512

    /// How many bytes a hash has.
    package var byteCount: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }

    /// The hash of bytes.
    ///
    /// - Parameter bytes: Any number of bytes.
    /// - Returns: As many as ``byteCount`` says.
    package func hash(_ bytes: [UInt8]) -> [UInt8] {
        let algorithm = unsafe self.algorithm
        return unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { hash, count in
            let isDone = unsafe bytes.withUnsafeBytes {
                unsafe EVP_Digest($0.baseAddress, $0.count, hash.baseAddress, nil, algorithm, nil)
            }
            precondition(isDone == 1, "OpenSSL has no memory for a hash")
            count = byteCount
        }
    }

    /// OpenSSL's name of it.
    var name: String { rawValue.uppercased() }

    /// OpenSSL's own, which lives as long as the process.
    var algorithm: OpaquePointer {
        switch self {
        case .sha1: unsafe Algorithms.sha1
        case .sha256: unsafe Algorithms.sha256
        case .sha512: unsafe Algorithms.sha512
        }
    }
}

/// OpenSSL's algorithms, looked for once: to look for one by its name takes longer than to hash a short text.
///
/// They are never changed and never freed, and OpenSSL counts its references to them atomically: any thread may use them.
private enum Algorithms {
    nonisolated(unsafe) static let sha1 = unsafe fetch(.sha1)
    nonisolated(unsafe) static let sha256 = unsafe fetch(.sha256)
    nonisolated(unsafe) static let sha512 = unsafe fetch(.sha512)

    private static func fetch(_ function: HashFunction) -> OpaquePointer {
        OpenSSL.begin()
        guard let algorithm = unsafe EVP_MD_fetch(nil, function.name, nil) else {
            preconditionFailure("OpenSSL has no \(function.name): look at what openssl.cnf switches off")
        }
        return unsafe algorithm
    }
}
