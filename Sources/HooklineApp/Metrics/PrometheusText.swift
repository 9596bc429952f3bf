// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The type that a metric's `TYPE` line names.
enum PrometheusKind: String {
    case counter
    case gauge
    case histogram
}

/// The spelling rules of Prometheus' text format.
enum PrometheusText {
    /// A metric's name with every character that Prometheus does not take made an underscore.
    static func name(_ label: String) -> String {
        String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || $0 == ":" ? $0 : "_" })
    }

    /// `{a="1",b="2"}` by label name, or nothing.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        let pairs = dimensions.sorted { $0.0 < $1.0 }.map { "\(name($0.0))=\"\(escapeLabel($0.1))\"" }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    /// The same labels with one more at the end.
    static func labels(_ labels: String, adding name: String, _ value: String) -> String {
        let pair = "\(name)=\"\(value)\""
        return labels.isEmpty ? "{\(pair)}" : "\(labels.dropLast()),\(pair)}"
    }

    /// A number as Prometheus reads it: whole where it is whole.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    static func escapeHelp(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    private static func escapeLabel(_ text: String) -> String {
        escapeHelp(text).replacing("\"", with: "\\\"")
    }
}
