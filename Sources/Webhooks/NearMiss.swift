// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Finds what somebody may have meant.
enum NearMiss {
    /// The hint to put behind "unknown …".
    ///
    /// - Parameters:
    ///   - text: What was written.
    ///   - known: What could have been written.
    /// - Returns: `; did you mean 'x'?` for the nearest within a third of its length, else `; expected one of …`.
    static func hint(for text: String, among known: [String]) -> String {
        let nearest = known.map { (name: $0, distance: distance(text.lowercased(), $0.lowercased())) }
            .min { $0.distance < $1.distance }
        if let nearest, nearest.distance <= max(1, nearest.name.count / 3) {
            return "; did you mean '\(nearest.name)'?"
        }
        return "; expected one of \(known.joined(separator: ", "))"
    }

    /// Levenshtein's distance: insertions, deletions and replacements that turn one text into the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.prefix(64))
        var row = Array(0...right.count)
        for (line, character) in left.prefix(64).enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for column in right.indices {
                let above = row[column + 1]
                row[column + 1] = min(above + 1, row[column] + 1, diagonal + (character == right[column] ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
