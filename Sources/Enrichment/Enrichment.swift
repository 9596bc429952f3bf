// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The look-ups of one source, checked and compiled: what they fetch stands at `enriched` in an event's payload.
///
/// A single step without a name puts its answer there itself; named steps put theirs at `enriched.NAME`, in their
/// order, and each sees the answers of those before it.
package struct Enrichment: Sendable {
    /// The most steps that a source may have.
    package static let maxSteps = 8

    let steps: [LookUpStep]

    /// Checks and compiles the steps of a source.
    ///
    /// - Parameter steps: As they stand in the configuration, at least one.
    /// - Throws: ``EnrichmentMistakes`` with everything that is wrong, not the first alone.
    package init(_ steps: [EnrichmentStepSettings]) throws(EnrichmentMistakes) {
        var compiled: [LookUpStep] = []
        var mistakes = Self.mistakes(of: steps)
        for (position, settings) in steps.enumerated() {
            do throws(EnrichmentMistakes) {
                var builder = LookUpStepBuilder(settings, keyPrefix: steps.count > 1 ? "\(position)." : "")
                compiled.append(try builder.build())
            } catch {
                mistakes += error.mistakes
            }
        }
        guard mistakes.isEmpty else { throw EnrichmentMistakes(mistakes: mistakes) }
        self.steps = compiled
    }

    /// Whether any step's `events` covers the event, so that it must wait for a look-up.
    ///
    /// - Parameter event: The event as it was received.
    /// - Returns: Whether ``Enricher/enrich(_:with:)`` has anything to fetch for it.
    package func applies(to event: Event) -> Bool {
        steps.contains { $0.covers(event.type) }
    }

    /// What is wrong with the steps beside one another.
    private static func mistakes(of steps: [EnrichmentStepSettings]) -> [EnrichmentMistakes.Mistake] {
        var mistakes: [EnrichmentMistakes.Mistake] = []
        if steps.isEmpty { mistakes.append(.init(key: "", message: "no look-up; expected at least one with a url")) }
        if steps.count > maxSteps {
            mistakes.append(.init(key: "", message: "\(steps.count) look-ups; expected at most \(maxSteps)"))
        }
        var names: Set<String> = []
        for (position, step) in steps.enumerated() where steps.count > 1 {
            if step.name == nil {
                let message = "missing; with several look-ups each needs a name for its place below 'enriched'"
                mistakes.append(.init(key: "\(position).name", message: message))
            } else if let name = step.name, !names.insert(name).inserted {
                let message = "'\(name)' is the name of an earlier look-up; expected another one"
                mistakes.append(.init(key: "\(position).name", message: message))
            }
        }
        return mistakes
    }
}

/// All that is wrong with the look-ups of a source.
package struct EnrichmentMistakes: Error, Hashable, Sendable, CustomStringConvertible {
    /// One mistake.
    package struct Mistake: Hashable, Sendable {
        /// Which key, such as `url`, `hosts.0` or `headers.X-Auth-Token`; empty for the steps as a whole.
        ///
        /// With several steps their position stands before it, as in `1.url`.
        package let key: String
        /// What was found and what was expected; no header's value, and of the address at most the host.
        package let message: String
    }

    /// In the order of the steps and of their keys.
    package let mistakes: [Mistake]

    /// One mistake a line.
    package var description: String {
        mistakes.map { $0.key.isEmpty ? $0.message : "\($0.key): \($0.message)" }.joined(separator: "\n")
    }
}
