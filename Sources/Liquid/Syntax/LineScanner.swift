// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Cuts the body of `{% liquid %}` into tags, one a line.
struct LineScanner {
    private let source: SourceText
    private var lines: [Range<Int>] = []

    init(_ source: SourceText, _ range: Range<Int>) {
        self.source = source
        var start = range.lowerBound
        for end in range.indices where source.bytes[end] == UInt8(ascii: "\n") {
            lines.append(start..<end)
            start = end + 1
        }
        lines.append(start..<range.upperBound)
    }

    /// Scans all lines.
    ///
    /// - Returns: The tags; comments and empty lines are not among them.
    /// - Throws: ``LiquidError`` for a line that does not begin with a tag's name, and for a comment without end.
    func scan() throws(LiquidError) -> [TemplateToken] {
        var tokens: [TemplateToken] = []
        var openComments: [Int] = []
        for line in lines.map(source.trimming) where !line.isEmpty {
            let (name, markup) = source.splitTag(line)
            switch (source.text(name), openComments.isEmpty) {
            case ("comment", _): openComments.append(line.lowerBound)
            case ("endcomment", false): openComments.removeLast()
            case (_, false): continue
            case ("", true):
                throw source.error("expected the name of a tag at the start of this line", at: line.lowerBound)
            default: tokens.append(.tag(name: name, markup: markup))
            }
        }
        if let open = openComments.last { throw source.error("'comment' has no 'endcomment'", at: open) }
        return tokens
    }
}
