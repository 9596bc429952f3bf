// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
internal import Events
internal import Foundation

extension LiquidEnvironment {
    /// Base64, digests and JSON.
    mutating func registerEncodings() {
        text("base64_encode") { Data($0.utf8).base64EncodedString() }
        text("base64_url_safe_encode") { text in
            Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        }
        register("base64_decode", arguments: 0...0, readsText: true) { input, _, _ throws(LiquidError) in
            .string(try Self.decode(input.filterText))
        }
        register("base64_url_safe_decode", arguments: 0...0, readsText: true) { input, _, _ throws(LiquidError) in
            var text = input.filterText.replacing("-", with: "+").replacing("_", with: "/")
            if !text.hasSuffix("=") { text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4) }
            return .string(try Self.decode(text))
        }
        text("sha256") { Self.hex(HashFunction.sha256.hash(Array($0.utf8))) }
        text("hmac_sha256") { text, key in
            Self.hex(KeyedHash(.sha256, key: Array(key.utf8)).code(over: Array(text.utf8)))
        }
        register("json", arguments: 0...0) { input, _, _ in .string(input.json.text()) }
    }

    private static func decode(_ text: String) throws(LiquidError) -> String {
        guard let data = Data(base64Encoded: text) else { throw .argument("the input is no Base64") }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .argument("the decoded bytes are no UTF-8 text")
        }
        return text
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
