// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CEmbeddedFiles

/// The files of this repository that are built in, because they are not there when the program runs.
///
/// Rules with their samples, the console's templates, the sandbox's page: `make embedded` lists them anew.
package enum EmbeddedFiles {
    /// What the file at a path of the repository contains, such as `Sources/Console/Assets/console.css`.
    ///
    /// A path that is not built in ends the program: it is a mistake in the line that asks, and every start asks for it.
    package static func bytes(_ path: String) -> [UInt8] {
        guard let content = all(below: path)[""] else { preconditionFailure("\(path) is not built in: make embedded") }
        return content
    }

    /// The files whose paths begin with a prefix, by what follows it: with `Sources/Console/Templates/`, `event.mustache`.
    package static func all(below prefix: String) -> [String: [UInt8]] {
        let files = unsafe UnsafeBufferPointer(start: cembeddedfiles_list(), count: cembeddedfiles_count())
        var found: [String: [UInt8]] = [:]
        for index in files.indices {
            let path = unsafe String(cString: files[index].path)
            guard path.hasPrefix(prefix) else { continue }
            found[String(path.dropFirst(prefix.count))] = unsafe Array(
                UnsafeBufferPointer(start: files[index].bytes, count: files[index].length)
            )
        }
        return found
    }
}
