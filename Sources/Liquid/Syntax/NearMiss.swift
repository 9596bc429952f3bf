// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Finds what a misspelled name was meant to be.
enum NearMiss {
    /// `; did you mean 'money'?`, or nothing when no candidate is near.
    static func hint(for name: String, among candidates: [String]) -> String {
        let allowed = max(1, name.count / 3)
        let scored = candidates.map { (distance: distance(name, $0), name: $0) }.filter { $0.distance <= allowed }
        guard let best = scored.min(by: { $0.distance < $1.distance }) else { return "" }
        return "; did you mean '\(best.name)'?"
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two words.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased()), Array(right.lowercased()))
        var older: [Int] = []
        var previous = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var best = min(row[j] + 1, previous[j + 1] + 1, previous[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { best = min(best, older[j - 1] + 1) }
                row.append(best)
            }
            (older, previous) = (previous, row)
        }
        return previous[right.count]
    }
}
