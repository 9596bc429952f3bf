// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
package import Events

/// One key of the configuration: its name, what may stand there, what it means, and how it is read into a value.
///
/// From these the reader, the findings, the JSON Schema and the tested table of the README are made, so that a key is
/// written down once.
struct Setting<Target>: Sendable {
    /// Puts what stands at the key into a value; gets `nil` where the key is left out or was reported.
    typealias Read = @Sendable (YAMLNode?, inout SettingsReader, inout Target) -> Void
    /// Where the value goes.
    typealias Place<Value> = any (WritableKeyPath<Target, Value> & Sendable)

    /// The key as the shape of the file has it.
    let field: Field
    /// What holds where the key is left out, as one would write it; `nil` where that is no single value.
    let fallback: String?
    let read: Read

    /// A key that is read in its own way.
    ///
    /// - Parameters:
    ///   - name: The key.
    ///   - shape: What may stand there.
    ///   - required: Whether it has to be there.
    ///   - fallback: What holds where it is left out.
    ///   - summary: One sentence, which editors show; the fallback is added to it.
    ///   - read: Puts it into the value.
    init(
        _ name: String,
        shape: Shape = .text(.nonEmpty),
        required: Bool = false,
        fallback: String? = nil,
        _ summary: String,
        read: @escaping Read
    ) {
        let sentence = fallback.map { "\(summary.dropLast()); \($0) if left out." } ?? summary
        field = Field(name, shape, required: required, sentence)
        self.fallback = fallback
        self.read = read
    }
}

extension Setting {
    /// A text that somebody else checks.
    static func text(
        _ name: String,
        _ place: Place<String?>,
        shape: Shape = .text(.nonEmpty),
        required: Bool = false,
        _ summary: String
    ) -> Setting {
        Setting(name, shape: shape, required: required, summary) { node, _, target in
            target[keyPath: place] = node?.text
        }
    }

    /// A list of texts that somebody else checks.
    static func texts(
        _ name: String,
        _ place: Place<[String]>,
        shape: Shape = .list(.text(.nonEmpty)),
        _ summary: String
    ) -> Setting {
        Setting(name, shape: shape, summary) { node, _, target in
            target[keyPath: place] = (node?.elements ?? []).compactMap(\.text)
        }
    }

    /// A value with a fallback; `parse` reports what it cannot read.
    static func value<Value>(
        _ name: String,
        _ place: Place<Value>,
        shape: Shape = .text(.nonEmpty),
        fallback: String,
        _ summary: String,
        parse: @escaping @Sendable (String, YAMLNode?, inout SettingsReader) -> Value?
    ) -> Setting {
        Setting(name, shape: shape, fallback: fallback, summary) { node, reader, target in
            let value = node?.text.flatMap { parse($0, node, &reader) } ?? parse(fallback, nil, &reader)
            if let value { target[keyPath: place] = value }
        }
    }

    /// A time span with a fallback.
    static func duration(_ name: String, _ place: Place<Duration>, fallback: String, _ summary: String) -> Setting {
        value(name, place, shape: .duration, fallback: fallback, summary) { text, _, _ in DurationText.parse(text) }
    }

    /// Keys of the same value that stand together under a key of their own.
    static func group(_ specification: Specification<Target>, _ name: String, _ summary: String) -> Setting {
        Setting(name, shape: .object(specification.shape), summary) { node, reader, target in
            specification.read(node, &reader, &target)
        }
    }
}

/// The keys of one mapping of the configuration.
struct Specification<Target>: Sendable {
    let shape: ObjectShape
    let settings: [Setting<Target>]

    /// - Parameters:
    ///   - name: The name under which the schema defines it.
    ///   - summary: One sentence for the schema.
    ///   - settings: Its keys, in the order in which the schema and the README have them.
    init(_ name: String, _ summary: String, _ settings: [Setting<Target>]) {
        shape = ObjectShape(name, summary, settings.map(\.field))
        self.settings = settings
    }

    /// Reads every key into a value, those that are left out, too.
    func read(_ node: YAMLNode?, _ reader: inout SettingsReader, _ target: inout Target) {
        for setting in settings { setting.read(node?[setting.field.name], &reader, &target) }
    }
}

/// The format of `hookline.yaml` as a JSON Schema, for editors that check and complete while one types.
package enum SettingsSchema {
    /// The schema.
    package static var json: JSON {
        ShapeSchema.document(SettingsSpecification.file.shape, title: "Hookline configuration")
    }

    /// Every key by its path, such as `accounts.*.rate`, with what holds where it is left out.
    package static var keys: [(path: String, fallback: String?)] {
        SettingsSpecification.file.settings.flatMap { setting -> [(path: String, fallback: String?)] in
            let name = setting.field.name
            return [(name, setting.fallback)] + (SettingsSpecification.below[name] ?? [])
        }
    }
}
