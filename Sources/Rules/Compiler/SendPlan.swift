// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events

/// What `send` or `otherwise` says, compiled.
struct SendPlan: Sendable {
    /// The message's form.
    enum Content: Sendable {
        case template(TemplatePlan)
        case text(Expression)
        case interactive(TreePlan)
    }

    let content: Content
    /// Which credentials; `nil` for the configuration's first account.
    let account: Expression?
    /// Which number; `nil` for the workspace's active one.
    let phoneNumberID: Expression?
    /// Where the plan begins.
    let location: SourceLocation
}

/// A template with what fills its gaps.
struct TemplatePlan: Sendable {
    /// What fills the gaps.
    enum Payload: Sendable {
        case variables([SlotPlan])
        case components([TreePlan])
        case carousel(CarouselPlan)
    }

    let name: Expression
    /// By preference; empty leaves the choice to the catalogue or the partner.
    let languages: [Expression]
    let payload: Payload
}

/// One gap and its value.
struct SlotPlan: Sendable {
    /// The gap's name: `1`, `c0_1`, or a name of the user's.
    let key: String
    let value: Expression
}

/// The cards of a carousel.
struct CarouselPlan: Sendable {
    /// Where the cards come from.
    enum Cards: Sendable {
        case fixed([CardPlan])
        /// One card for each of the first `limit` elements of a list.
        case each(Expression, limit: Int, CardPlan)
    }

    let variables: [SlotPlan]
    let bodyParameters: [SlotPlan]
    let cards: Cards
}

/// One card.
struct CardPlan: Sendable {
    let body: [SlotPlan]
    let buttons: [(index: Int, url: Expression)]
    let header: (isVideo: Bool, id: Expression)?
    let location: SourceLocation
}

/// A YAML tree whose texts may hold Liquid.
indirect enum TreePlan: Sendable {
    case constant(JSON)
    case text(Expression)
    case list([TreePlan])
    case object([(key: String, value: TreePlan)])
}
