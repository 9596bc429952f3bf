// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension MetaCode {
    /// Every code that Hookline knows: number, Meta's HTTP status, meaning, what Hookline does, words.
    ///
    /// - SeeAlso: [Error codes](https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes)
    package static let table: [MetaCode] = access + stops + throttles + recipients + requests + templates

    /// Who may send at all.
    private static let access = [
        MetaCode(
            0,
            401,
            "the app user could not be authenticated",
            .pauseAccount,
            "WhatsApp does not accept the partner's access token"
        ),
        MetaCode(
            190,
            401,
            "the access token has expired",
            .pauseAccount,
            "the partner's access token for WhatsApp has expired"
        ),
        MetaCode(
            3,
            500,
            "the app lacks a capability or permission",
            .pauseAccount,
            "the partner's app lacks a permission for this WhatsApp account"
        ),
        MetaCode(
            10,
            403,
            "permission denied",
            .pauseAccount,
            "the partner's app lacks a permission for this WhatsApp account"
        ),
        MetaCode(
            200...299,
            403,
            "an API permission is missing or was removed",
            .pauseAccount,
            "the partner's app lacks a permission for this WhatsApp account"
        ),
        MetaCode(
            131_005,
            403,
            "access denied",
            .pauseAccount,
            "the partner's app lacks a permission for this WhatsApp account"
        ),
    ]

    /// What does not pass by itself.
    private static let stops = [
        MetaCode(
            33,
            400,
            "the business phone number was deleted",
            .stop(.account),
            "the sending number does not exist any more"
        ),
        MetaCode(
            368,
            403,
            "temporarily blocked for policy violations",
            .stop(.account),
            "WhatsApp has blocked the business account for breaking its policies"
        ),
        MetaCode(
            131_031,
            403,
            "account has been locked",
            .stop(.account),
            "WhatsApp has locked the business account"
        ),
        MetaCode(
            131_042,
            400,
            "business eligibility: payment issue",
            .stop(.account),
            "WhatsApp wants the business account's payment settled first"
        ),
        MetaCode(
            131_045,
            500,
            "the phone number has no valid certificate",
            .stop(.account),
            "the sending number is not registered with WhatsApp"
        ),
        MetaCode(
            133_000,
            500,
            "a deregistration is incomplete",
            .stop(.account),
            "the sending number is not registered with WhatsApp"
        ),
        MetaCode(
            133_006,
            400,
            "the phone number has to be verified again",
            .stop(.account),
            "the sending number has to be verified with WhatsApp again"
        ),
        MetaCode(
            133_010,
            400,
            "phone number not registered",
            .stop(.account),
            "the sending number is not registered with WhatsApp"
        ),
        MetaCode(
            131_037,
            400,
            "the display name needs approval",
            .stop(.account),
            "WhatsApp has not approved the sending number's display name yet"
        ),
        MetaCode(
            134_102,
            500,
            "the marketing API is not available to the sender",
            .stop(.account),
            "WhatsApp does not let this sender use its marketing API"
        ),
        MetaCode(
            131_048,
            400,
            "spam rate limit hit",
            .stop(.marketing),
            "too many customers blocked or reported this number's messages: WhatsApp limits what it may send"
        ),
        MetaCode(
            131_064,
            nil,
            "templates were classified wrongly",
            .stop(.templates),
            "WhatsApp blocks this sender's templates for a time, because some were put in the wrong category"
        ),
    ]

    /// What passes with time, and is not about the message.
    private static let throttles = [
        MetaCode(
            4,
            400,
            "the app's call limit is reached",
            .slowAccount,
            "the partner sends more requests than WhatsApp lets it: this account goes slower for a while"
        ),
        MetaCode(
            80_007,
            400,
            "the business account's call limit is reached",
            .slowAccount,
            "the business account sends more requests than WhatsApp lets it, and goes slower for a while"
        ),
        MetaCode(
            130_429,
            400,
            "throughput limit reached",
            .slowAccount,
            "the sending number sends faster than WhatsApp lets it, and goes slower for a while"
        ),
        MetaCode(
            131_056,
            400,
            "pair rate limit hit",
            .pacePair,
            "too many messages to this recipient in a short time: the next ones wait a little"
        ),
        MetaCode(
            131_057,
            500,
            "account in maintenance mode",
            .restAccount(.seconds(60)),
            "WhatsApp is working on the business account: it sends again in a minute"
        ),
        MetaCode(
            2_494_100,
            500,
            "account in maintenance mode",
            .restAccount(.seconds(60)),
            "WhatsApp is working on the business account: it sends again in a minute"
        ),
        MetaCode(
            2,
            503,
            "service temporarily unavailable",
            .retry,
            "WhatsApp is not available for the moment"
        ),
        MetaCode(
            131_016,
            500,
            "service unavailable",
            .retry,
            "WhatsApp is not available for the moment"
        ),
        MetaCode(
            133_004,
            503,
            "server temporarily unavailable",
            .retry,
            "WhatsApp is not available for the moment"
        ),
        MetaCode(
            1,
            400,
            "unknown API error",
            .tryAgain(tries: 5, after: nil),
            "WhatsApp refused the message without saying why"
        ),
        MetaCode(
            131_000,
            500,
            "something went wrong",
            .tryAgain(tries: 5, after: nil),
            "WhatsApp refused the message without saying why"
        ),
        MetaCode(
            135_000,
            400,
            "generic user error",
            .tryAgain(tries: 3, after: .seconds(3_600)),
            "WhatsApp refused the message without saying why, or held it back for the whole business",
            alert: .account
        ),
    ]

    /// What is about this recipient.
    private static let recipients = [
        MetaCode(
            130_497,
            403,
            "not allowed to message users in this country",
            .fail,
            "this business account may not send to the recipient's country",
            alert: .account
        ),
        MetaCode(
            130_472,
            400,
            "the user is part of an experiment",
            .fail,
            "WhatsApp shows this recipient no marketing messages, as part of an experiment"
        ),
        MetaCode(
            131_021,
            400,
            "recipient cannot be the sender",
            .fail,
            "the message was addressed to the sending number itself"
        ),
        MetaCode(
            131_026,
            400,
            "message undeliverable",
            .fail,
            "it cannot reach this recipient: no WhatsApp on the number, an old version, or its terms not accepted"
        ),
        MetaCode(
            131_047,
            400,
            "re-engagement message",
            .fail,
            "more than 24 hours have passed since the recipient last wrote: only a template may be sent",
            otherwise: .template
        ),
        MetaCode(
            131_049,
            400,
            "not delivered to maintain a healthy ecosystem engagement",
            .holdRecipient(.seconds(24 * 3_600), tries: 2),
            "this recipient has had enough marketing from businesses for now"
        ),
        MetaCode(
            131_050,
            400,
            "the user has stopped marketing messages",
            .fail,
            "the recipient has stopped this business's marketing messages"
        ),
    ]

    /// What is wrong with the request.
    private static let requests = [
        MetaCode(
            100,
            400,
            "invalid parameter",
            .fail,
            "WhatsApp does not understand a part of the message",
            alert: .rule
        ),
        MetaCode(
            131_008,
            400,
            "required parameter is missing",
            .fail,
            "the message lacks a part that WhatsApp needs",
            alert: .rule
        ),
        MetaCode(
            131_009,
            400,
            "parameter value is not valid",
            .fail,
            "a value in the message is not one that WhatsApp takes",
            alert: .rule
        ),
        MetaCode(
            131_051,
            400,
            "unsupported message type",
            .fail,
            "WhatsApp does not know this kind of message",
            alert: .rule
        ),
        MetaCode(
            131_052,
            400,
            "media download error",
            .tryAgain(tries: 2, after: .seconds(60)),
            "WhatsApp could not fetch the message's picture, video or file"
        ),
        MetaCode(
            131_053,
            400,
            "media upload error",
            .tryAgain(tries: 2, after: .seconds(60)),
            "WhatsApp could not take the message's picture, video or file"
        ),
        MetaCode(
            131_055,
            400,
            "method not allowed",
            .fail,
            "WhatsApp's marketing API does not take this message",
            alert: .rule
        ),
        MetaCode(
            134_100,
            400,
            "only marketing messages are supported",
            .fail,
            "WhatsApp's marketing API takes no template of this category",
            alert: .rule
        ),
    ]

    /// What is about the template.
    private static let templates = [
        MetaCode(
            132_000,
            400,
            "template parameter count mismatch",
            .fail,
            "the message fills in another number of gaps than its template has",
            alert: .rule
        ),
        MetaCode(
            132_001,
            404,
            "template does not exist",
            .fail,
            "the template does not exist in this language, or is not approved",
            alert: .rule,
            otherwise: .any
        ),
        MetaCode(
            132_005,
            400,
            "template text too long",
            .fail,
            "with its values filled in, the template's text is too long",
            alert: .rule
        ),
        MetaCode(
            132_007,
            400,
            "template content policy violated",
            .fail,
            "the template's text breaks WhatsApp's policies",
            alert: .rule
        ),
        MetaCode(
            132_012,
            400,
            "template parameter format mismatch",
            .fail,
            "a value has not the form that the template wants in its place",
            alert: .rule
        ),
        MetaCode(
            132_015,
            400,
            "template is paused",
            .holdTemplate,
            "WhatsApp has paused the template because of its low quality",
            otherwise: .any
        ),
        MetaCode(
            132_016,
            400,
            "template is disabled",
            .fail,
            "WhatsApp has disabled the template because of its low quality",
            alert: .rule,
            otherwise: .any
        ),
        MetaCode(
            132_018,
            400,
            "template parameters not valid",
            .fail,
            "the template's values are not as it wants them",
            alert: .rule
        ),
        MetaCode(132_068, 400, "flow is blocked", .fail, "the form in the message is blocked", alert: .rule),
        MetaCode(
            132_069,
            400,
            "flow is throttled",
            .hold(.seconds(3_600)),
            "the form in the message was sent too often in the last hour"
        ),
        MetaCode(
            134_101,
            400,
            "template is still syncing",
            .hold(.seconds(600)),
            "WhatsApp's marketing API does not have the template yet"
        ),
    ]
}
