// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibcrypto

/// The bytes of a PEM text of one block, which is not encrypted.
///
/// - SeeAlso: [RFC 7468](https://www.rfc-editor.org/rfc/rfc7468)
struct PEMBlock {
    /// What was written in base64.
    let bytes: [UInt8]

    /// Reads a text.
    ///
    /// - Parameter text: One block with nothing around it but white space; of everything else nothing comes back.
    init?(_ text: String) {
        var text = String(text.drop(while: \.isWhitespace))
        guard text.hasPrefix("-----BEGIN "), let bytes = text.withUTF8({ unsafe Self.read(UnsafeRawBufferPointer($0)) })
        else { return nil }
        self.bytes = bytes
    }

    private static func read(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        OpenSSL.begin()
        let memory = unsafe BIO_new_mem_buf(text.baseAddress, CInt(text.count))
        var (name, header) = unsafe (nil as UnsafeMutablePointer<CChar>?, nil as UnsafeMutablePointer<CChar>?)
        var (data, count) = unsafe (nil as UnsafeMutablePointer<UInt8>?, 0)
        defer {
            unsafe BIO_free(memory)
            unsafe CRYPTO_free(name, "", 0)
            unsafe CRYPTO_free(header, "", 0)
            unsafe CRYPTO_free(data, "", 0)
        }
        guard unsafe PEM_read_bio(memory, &name, &header, &data, &count) == 1, let data = unsafe data else {
            OpenSSL.forgetErrors()
            return nil
        }
        // In the header stands how the bytes are encrypted.
        let isPlain = unsafe header.map { unsafe $0.pointee == 0 } ?? true
        let rest = unsafe text.suffix(BIO_ctrl_pending(memory))
        guard isPlain, unsafe rest.allSatisfy({ (0x09...0x0D).contains($0) || $0 == 0x20 }) else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: data, count: count))
    }
}
