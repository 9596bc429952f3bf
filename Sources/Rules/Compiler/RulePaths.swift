// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Foundation

/// Finds the files that a path means.
enum RulePaths {
    /// The files of one path.
    struct Found {
        /// Files with rules, by path.
        var rules: [String] = []
        /// Files with tests alone, by path.
        var tests: [String] = []
    }

    /// Finds the files of a path.
    ///
    /// - Parameter path: A file, whatever its name, or a folder.
    /// - Returns: The files, or a diagnostic when there is nothing at the path.
    static func expand(_ path: String) -> Result<Found, Diagnostic> {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            let location = SourceLocation(file: path, line: 1, column: 1)
            return .failure(
                Diagnostic(.fileUnreadable, at: location, "found nothing at this path; expected a file or folder")
            )
        }
        guard isFolder.boolValue else { return .success(sorted([path])) }
        // The enumerator does not follow a link at its root, and mounted folders are often links.
        let folder = URL(filePath: path).resolvingSymlinksInPath().path()
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        let base = path.hasSuffix("/") ? path : path + "/"
        let files = names.filter { name in
            let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
            return !isHidden && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
        }
        return .success(sorted(files.map { base + $0 }))
    }

    /// A file's bytes.
    ///
    /// - Parameter path: The file.
    /// - Returns: The bytes.
    /// - Throws: A diagnostic when it cannot be read.
    static func contents(of path: String) throws(Diagnostic) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Diagnostic(
                .fileUnreadable,
                at: SourceLocation(file: path, line: 1, column: 1),
                "the file cannot be read"
            )
        }
        return Array(data)
    }

    private static func sorted(_ files: [String]) -> Found {
        var found = Found()
        for file in files.sorted() {
            if file.hasSuffix("_test.yaml") || file.hasSuffix("_test.yml") {
                found.tests.append(file)
            } else {
                found.rules.append(file)
            }
        }
        return found
    }
}
