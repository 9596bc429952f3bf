// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A file with a token in it, which opens what its holder may do.
package enum TokenFile {
    /// Why a file is no place for a token: others on this machine can read it.
    ///
    /// As `ssh` does with keys, only a file of one's own is looked at: what somebody else keeps, such as a secret that a
    /// container is given, is theirs to guard.
    ///
    /// - Parameter path: Where it is, or a link to it.
    /// - Returns: A sentence; `nil` where nothing speaks against it, or there is no such file.
    package static func objection(to path: String) -> String? {
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let facts = try? FileManager.default.attributesOfItem(atPath: file),
            facts[.type] as? FileAttributeType == .typeRegular,
            (facts[.ownerAccountID] as? NSNumber)?.uint32Value == getuid(),
            let mode = (facts[.posixPermissions] as? NSNumber)?.intValue, mode & 0o077 != 0
        else { return nil }
        let digits = String(mode & 0o777, radix: 8)
        return "--token-file: others can read \(path) (mode \(digits)); 'chmod 600 \(path)' keeps its token yours"
    }
}
