// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Finds what somebody probably meant to write.
package enum NearMiss {
    /// The nearest of some names.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - candidates: What could have been written.
    /// - Returns: The candidate with the fewest changed, left out, added or swapped letters, if these are few
    ///   enough for the length of the word.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(word.lowercased())
        guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
        let allowed = max(1, wanted.count / 3)
        let ranked = candidates.map { (name: $0, distance: distance(wanted, Array($0.lowercased()))) }
        let best = ranked.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        guard let best, best.distance <= allowed, best.distance < wanted.count else { return nil }
        return best.name
    }

    /// The question behind an error's sentence.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - candidates: What could have been written.
    /// - Returns: Such as `did you mean 'money'?`; `nil` when nothing is near.
    package static func question(for word: String, among candidates: some Sequence<String>) -> String? {
        nearest(to: word, among: candidates).map { "did you mean '\($0)'?" }
    }

    /// Optimal string alignment: Levenshtein's distance with swaps of neighbours.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let change = previous[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(change, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforePrevious[column - 1] + 1)
                }
                current.append(best)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
