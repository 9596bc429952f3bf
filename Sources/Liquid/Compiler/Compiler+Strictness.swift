// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What the reference implementation passes over in silence, and strict mode refuses: text that a writer put there
/// has a meaning to the writer.
extension Compiler {
    private var isStrict: Bool { environment.undefined == .strict }

    /// Refuses what follows the name in a tag that takes nothing, such as `{% else b == 1 %}` and `{% endif x %}`.
    ///
    /// - Parameter tag: A tag inside a block, or the block's last.
    /// - Throws: The mistake, at its place.
    func refuseRest(of tag: Tag) throws(LiquidError) {
        guard isStrict, !tag.markup.isEmpty, !["elsif", "when"].contains(tag.name) else { return }
        guard source.text(source.splitTag(tag.markup).name) != "if" || tag.name != "else" else { return }
        let hint = tag.name == "else" ? "; a branch with a condition is written 'elsif'" : ""
        let message = "found '\(source.text(tag.markup))' after '\(tag.name)'; expected nothing there\(hint)"
        throw source.error(message, at: tag.markup.lowerBound)
    }

    /// Refuses a branch behind an `else`.
    ///
    /// - Parameter tag: What ended the `else`.
    /// - Throws: The mistake, at its place.
    func refuseBranch(_ tag: Tag) throws(LiquidError) {
        guard isStrict, !tag.name.hasPrefix("end") else { return }
        let found = tag.name == "else" ? "a second 'else'" : "'\(tag.name)' after 'else'"
        throw source.error("found \(found); expected one 'else', as the last branch", at: tag.offset)
    }

    /// Refuses what stands in a `case` before its first `when`.
    func refuseContent(_ block: Block, of tag: Tag) throws(LiquidError) {
        guard isStrict, !block.withoutSpace.isEmpty else { return }
        throw source.error("what stands between 'case' and its first 'when' is never sent", at: tag.offset)
    }
}
