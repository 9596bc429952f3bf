// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A YAML file with the places of all its values: what rule files and the configuration are read from.
package enum YAMLFile {
    /// Reads a file's bytes.
    ///
    /// - Parameters:
    ///   - path: The path that diagnostics name.
    ///   - bytes: The file's content.
    /// - Returns: The outermost value with what could be read, `nil` when nothing could; and every mistake.
    package static func read(path: String, bytes: [UInt8]) -> (root: YAMLNode?, diagnostics: [Diagnostic]) {
        do {
            var reader = YAMLReader(try SourceText(path: path, bytes: bytes))
            let root = reader.read()
            return (root, reader.diagnostics)
        } catch {
            return (nil, [error])
        }
    }
}
