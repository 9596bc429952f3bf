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

    /// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
    ///
    /// - SeeAlso: [Optimal string alignment](https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance)
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.prefix(64))
        let right = Array(right.prefix(64))
        var rows = [Array(0...right.count)]
        for line in left.indices {
            var row = [line + 1]
            for column in right.indices {
                let isSame = left[line] == right[column]
                var best = min(rows[line][column + 1] + 1, row[column] + 1, rows[line][column] + (isSame ? 0 : 1))
                if line > 0, column > 0, left[line] == right[column - 1], left[line - 1] == right[column] {
                    best = min(best, rows[line - 1][column - 1] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
