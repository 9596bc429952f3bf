// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// One text of a rule with what it is for.
struct RuleText {
    /// What a text is for, as far as the checks tell texts apart.
    enum Role: Hashable {
        case binding
        case key
        /// A phone number, in whose place no `default` could stand.
        case phone
        case country
        /// A part of `send`; whether `otherwise` takes over when it cannot be built.
        case send(hasOther: Bool)
        case other

        /// Whether an undefined value there loses the message.
        var losesMessage: Bool {
            switch self {
            case .key, .send(hasOther: false), .other: true
            case .binding, .country, .phone, .send: false
            }
        }
    }

    let role: Role
    let expression: Expression

    /// Whether it is a part of the message, which in a digest sees all its events.
    var isSent: Bool { if case .send = role { true } else { false } }
}

extension Rule {
    /// Every text of the rule, in the order of evaluation.
    var texts: [RuleText] {
        var texts = lets.map { RuleText(role: .binding, expression: $0.value) }
        if let forEach { texts.append(RuleText(role: .other, expression: forEach)) }
        for recipient in recipients {
            switch recipient {
            case .contact(let expression), .whatsAppID(let expression):
                texts.append(RuleText(role: .other, expression: expression))
            case .phone(let plan):
                texts += plan.candidates.map { RuleText(role: .phone, expression: $0.expression) }
                if let country = plan.country { texts.append(RuleText(role: .country, expression: country)) }
            }
        }
        let keys = [timing.key, timing.whenChanged, timing.digest?.key].compactMap(\.self)
        texts += (timing.oncePer + keys).map { text in
            RuleText(role: .key, expression: text)
        }
        if case .computed(let expression)? = timing.delay {
            texts.append(RuleText(role: .other, expression: expression))
        }
        texts += send.expressions.map { RuleText(role: .send(hasOther: otherwise != nil), expression: $0) }
        texts += otherwise?.expressions.map { RuleText(role: .send(hasOther: false), expression: $0) } ?? []
        return texts
    }
}

extension SendPlan {
    /// Every text of the plan; those of a card that is made from a list are left out, for they name `item`.
    var expressions: [Expression] {
        let own = [account, phoneNumberID].compactMap(\.self)
        switch content {
        case .text(let text): return [text] + own
        case .interactive(let tree): return tree.expressions + own
        case .template(let plan): return [plan.name] + plan.languages + plan.payload.expressions + own
        }
    }
}

extension TemplatePlan.Payload {
    fileprivate var expressions: [Expression] {
        switch self {
        case .parts(let parts):
            return parts.variables.map(\.value) + (parts.header?.expressions ?? []) + parts.buttons.map(\.value)
        case .components(let trees): return trees.flatMap(\.expressions)
        case .carousel(let carousel):
            let own = (carousel.variables + carousel.bodyParameters).map(\.value)
            switch carousel.cards {
            case .each(let list, _, _): return own + [list]
            case .fixed(let cards):
                return own
                    + cards.flatMap {
                        $0.body.map(\.value) + $0.buttons.map(\.url) + [$0.header?.id].compactMap(\.self)
                    }
            }
        }
    }
}

extension PartsPlan.Header {
    fileprivate var expressions: [Expression] {
        switch self {
        case .text(let text): [text]
        case .media(_, _, let reference, let filename): [reference, filename].compactMap(\.self)
        case .location(let members): members.map(\.value)
        }
    }
}

extension TreePlan {
    fileprivate var expressions: [Expression] {
        switch self {
        case .constant: []
        case .text(let expression, _), .value(let expression): [expression]
        case .list(let elements): elements.flatMap(\.expressions)
        case .object(let members): members.flatMap(\.value.expressions)
        }
    }
}
