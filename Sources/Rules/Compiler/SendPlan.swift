// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import PartnerAPI

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
        case parts(PartsPlan)
        case components([TreePlan])
        case carousel(CarouselPlan)
    }

    let name: Expression
    /// By preference; empty leaves the choice to the catalogue or the partner.
    let languages: [Expression]
    let payload: Payload
}

/// The body's variables, the header and the buttons, each under a key of its own.
struct PartsPlan: Sendable {
    /// What stands over the body.
    enum Header: Sendable {
        case text(Expression)
        /// Media, by `id` or `link`, with the name of a document's file.
        case media(format: String, key: String, Expression, filename: Expression?)
        /// A place on the map: latitude and longitude, name and address where they are given.
        case location([(key: String, value: Expression)])
    }

    let variables: [SlotPlan]
    var header: Header?
    var buttons: [(index: Int, kind: TemplateParts.Button.Kind, value: Expression)] = []
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
    /// A text, whatever the value is; `isShown` where the customer reads it.
    case text(Expression, isShown: Bool)
    /// A place that may hold a number or truth value: a lone output keeps its type there.
    case value(Expression)
    case list([TreePlan])
    case object([(key: String, value: TreePlan)])
}
