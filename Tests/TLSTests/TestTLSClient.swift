// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CLibssl

/// A client of OpenSSL's without a socket, whose bytes a test carries in the pieces that it likes.
///
/// It trusts everybody, and can be made as old as a test needs it.
final class TestTLSClient {
    private let connection: OpaquePointer?
    private let received = BIO_new(BIO_s_mem())
    private let unsent = BIO_new(BIO_s_mem())

    /// - Parameters:
    ///   - newest: The newest version that it knows, such as `TLS1_2_VERSION`.
    ///   - protocols: What it offers by ALPN; nothing if left out.
    init(newest: Int32 = TLS1_3_VERSION, protocols: [String] = []) {
        let context = SSL_CTX_new(TLS_client_method())
        SSL_CTX_set_security_level(context, 0)
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_VERSION), nil)
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(newest), nil)
        connection = SSL_new(context)
        SSL_CTX_free(context)
        let names = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !names.isEmpty { SSL_set_alpn_protos(connection, names, UInt32(names.count)) }
        BIO_ctrl(received, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, nil)
        BIO_ctrl(unsent, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, nil)
        SSL_set_bio(connection, received, unsent)
        SSL_set_connect_state(connection)
    }

    deinit { SSL_free(connection) }

    /// Goes on with the handshake.
    ///
    /// - Returns: Whether it is over.
    func handshake() -> Bool {
        ERR_clear_error()
        defer { noteRefusal() }
        return SSL_do_handshake(connection) == 1
    }

    var version: String { String(cString: SSL_get_version(connection)) }

    /// What it was told at the end: an alert's words, such as `protocol version`; empty without one.
    private(set) var refusal = ""

    /// Whether the server has said that it sends nothing more.
    var hasHeardTheEnd: Bool { SSL_get_shutdown(connection) & SSL_RECEIVED_SHUTDOWN != 0 }

    /// The certificate's common name.
    var serverName: String {
        let certificate = SSL_get1_peer_certificate(connection)
        defer { X509_free(certificate) }
        var text = [CChar](repeating: 0, count: 64)
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, &text, 64)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func receive(_ bytes: [UInt8]) {
        BIO_write(received, bytes, Int32(bytes.count))
    }

    func write(_ text: [UInt8]) {
        ERR_clear_error()
        SSL_write(connection, text, Int32(text.count))
    }

    /// Says that it sends nothing more.
    func end() {
        ERR_clear_error()
        SSL_shutdown(connection)
    }

    /// Asks for new keys, as nobody but old clients does in the middle of a connection.
    func renegotiate() {
        ERR_clear_error()
        SSL_renegotiate(connection)
        SSL_do_handshake(connection)
    }

    /// What it can read.
    func read() -> [UInt8] {
        var (all, room) = ([UInt8](), [UInt8](repeating: 0, count: 16_384))
        while true {
            ERR_clear_error()
            let count = SSL_read(connection, &room, Int32(room.count))
            guard count > 0 else { break }
            all += room.prefix(Int(count))
        }
        noteRefusal()
        return all
    }

    private func noteRefusal() {
        let error = ERR_peek_error()
        if error != 0, let words = ERR_reason_error_string(error) { refusal = String(cString: words) }
        ERR_clear_error()
    }

    /// What it has to send.
    func sent() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(BIO_ctrl_pending(unsent)))
        guard !bytes.isEmpty else { return [] }
        BIO_read(unsent, &bytes, Int32(bytes.count))
        return bytes
    }
}
