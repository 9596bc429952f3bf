// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// Made by make_index.py (`make embedded`): the files of this repository that the program has in itself.
#include "cembeddedfiles.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t file0[] = {
#embed "../../Sources/Console/Assets/console.css"
};
static const uint8_t file1[] = {
#embed "../../Sources/Console/Assets/console.js"
};
static const uint8_t file2[] = {
#embed "../../Sources/Console/Templates/access.mustache"
};
static const uint8_t file3[] = {
#embed "../../Sources/Console/Templates/account-choice.mustache"
};
static const uint8_t file4[] = {
#embed "../../Sources/Console/Templates/arrival.mustache"
};
static const uint8_t file5[] = {
#embed "../../Sources/Console/Templates/ask.mustache"
};
static const uint8_t file6[] = {
#embed "../../Sources/Console/Templates/audit.mustache"
};
static const uint8_t file7[] = {
#embed "../../Sources/Console/Templates/backtest.mustache"
};
static const uint8_t file8[] = {
#embed "../../Sources/Console/Templates/bubble.mustache"
};
static const uint8_t file9[] = {
#embed "../../Sources/Console/Templates/chips.mustache"
};
static const uint8_t file10[] = {
#embed "../../Sources/Console/Templates/consent.mustache"
};
static const uint8_t file11[] = {
#embed "../../Sources/Console/Templates/decision.mustache"
};
static const uint8_t file12[] = {
#embed "../../Sources/Console/Templates/entry.mustache"
};
static const uint8_t file13[] = {
#embed "../../Sources/Console/Templates/event-rule.mustache"
};
static const uint8_t file14[] = {
#embed "../../Sources/Console/Templates/event.mustache"
};
static const uint8_t file15[] = {
#embed "../../Sources/Console/Templates/events.mustache"
};
static const uint8_t file16[] = {
#embed "../../Sources/Console/Templates/icons.mustache"
};
static const uint8_t file17[] = {
#embed "../../Sources/Console/Templates/job.mustache"
};
static const uint8_t file18[] = {
#embed "../../Sources/Console/Templates/jobs.mustache"
};
static const uint8_t file19[] = {
#embed "../../Sources/Console/Templates/key-rows.mustache"
};
static const uint8_t file20[] = {
#embed "../../Sources/Console/Templates/keys.mustache"
};
static const uint8_t file21[] = {
#embed "../../Sources/Console/Templates/layout.mustache"
};
static const uint8_t file22[] = {
#embed "../../Sources/Console/Templates/linked.mustache"
};
static const uint8_t file23[] = {
#embed "../../Sources/Console/Templates/login.mustache"
};
static const uint8_t file24[] = {
#embed "../../Sources/Console/Templates/message-row.mustache"
};
static const uint8_t file25[] = {
#embed "../../Sources/Console/Templates/message-rows.mustache"
};
static const uint8_t file26[] = {
#embed "../../Sources/Console/Templates/message.mustache"
};
static const uint8_t file27[] = {
#embed "../../Sources/Console/Templates/messages.mustache"
};
static const uint8_t file28[] = {
#embed "../../Sources/Console/Templates/new-job.mustache"
};
static const uint8_t file29[] = {
#embed "../../Sources/Console/Templates/next.mustache"
};
static const uint8_t file30[] = {
#embed "../../Sources/Console/Templates/overview.mustache"
};
static const uint8_t file31[] = {
#embed "../../Sources/Console/Templates/pager.mustache"
};
static const uint8_t file32[] = {
#embed "../../Sources/Console/Templates/playground.mustache"
};
static const uint8_t file33[] = {
#embed "../../Sources/Console/Templates/refused.mustache"
};
static const uint8_t file34[] = {
#embed "../../Sources/Console/Templates/replay.mustache"
};
static const uint8_t file35[] = {
#embed "../../Sources/Console/Templates/rule-choice.mustache"
};
static const uint8_t file36[] = {
#embed "../../Sources/Console/Templates/rule-text.mustache"
};
static const uint8_t file37[] = {
#embed "../../Sources/Console/Templates/rule.mustache"
};
static const uint8_t file38[] = {
#embed "../../Sources/Console/Templates/rules.mustache"
};
static const uint8_t file39[] = {
#embed "../../Sources/Console/Templates/secret.mustache"
};
static const uint8_t file40[] = {
#embed "../../Sources/Console/Templates/source-choice.mustache"
};
static const uint8_t file41[] = {
#embed "../../Sources/Console/Templates/source.mustache"
};
static const uint8_t file42[] = {
#embed "../../Sources/Console/Templates/sources.mustache"
};
static const uint8_t file43[] = {
#embed "../../Sources/Console/Templates/state.mustache"
};
static const uint8_t file44[] = {
#embed "../../Sources/Console/Templates/template.mustache"
};
static const uint8_t file45[] = {
#embed "../../Sources/Console/Templates/templates.mustache"
};
static const uint8_t file46[] = {
#embed "../../Sources/Console/Templates/time.mustache"
};
static const uint8_t file47[] = {
#embed "../../Sources/Console/Templates/trouble.mustache"
};
static const uint8_t file48[] = {
#embed "../../Sources/Console/Templates/words.mustache"
};
static const uint8_t file49[] = {
#embed "../../Sources/Liquid/Resources/entities.txt"
};
static const uint8_t file50[] = {
#embed "../../Sources/RuleDrafts/Resources/shipped-rules.json"
};
static const uint8_t file51[] = {
#embed "../../Sources/Sandbox/Resources/openapi.json"
};
static const uint8_t file52[] = {
#embed "../../Sources/Sandbox/Resources/page.html"
};
static const uint8_t file53[] = {
#embed "../../Sources/Sandbox/Resources/templates.json"
};
static const uint8_t file54[] = {
#embed "../../rules/adobe-commerce.yaml"
};
static const uint8_t file55[] = {
#embed "../../rules/adobe-io.yaml"
};
static const uint8_t file56[] = {
#embed "../../rules/adyen-platform.yaml"
};
static const uint8_t file57[] = {
#embed "../../rules/adyen.yaml"
};
static const uint8_t file58[] = {
#embed "../../rules/alertmanager.yaml"
};
static const uint8_t file59[] = {
#embed "../../rules/bigcommerce.yaml"
};
static const uint8_t file60[] = {
#embed "../../rules/cashfree.yaml"
};
static const uint8_t file61[] = {
#embed "../../rules/cloudevents.yaml"
};
static const uint8_t file62[] = {
#embed "../../rules/erpnext.yaml"
};
static const uint8_t file63[] = {
#embed "../../rules/generic-invoice.yaml"
};
static const uint8_t file64[] = {
#embed "../../rules/generic-order.yaml"
};
static const uint8_t file65[] = {
#embed "../../rules/github.yaml"
};
static const uint8_t file66[] = {
#embed "../../rules/meta.yaml"
};
static const uint8_t file67[] = {
#embed "../../rules/mollie-classic.yaml"
};
static const uint8_t file68[] = {
#embed "../../rules/mollie.yaml"
};
static const uint8_t file69[] = {
#embed "../../rules/odoo.yaml"
};
static const uint8_t file70[] = {
#embed "../../rules/paddle.yaml"
};
static const uint8_t file71[] = {
#embed "../../rules/paypal.yaml"
};
static const uint8_t file72[] = {
#embed "../../rules/paytm.yaml"
};
static const uint8_t file73[] = {
#embed "../../rules/payu.yaml"
};
static const uint8_t file74[] = {
#embed "../../rules/phonepe.yaml"
};
static const uint8_t file75[] = {
#embed "../../rules/quickbooks.yaml"
};
static const uint8_t file76[] = {
#embed "../../rules/razorpay.yaml"
};
static const uint8_t file77[] = {
#embed "../../rules/samples/adobe-commerce/order-placed.download.json"
};
static const uint8_t file78[] = {
#embed "../../rules/samples/adobe-commerce/order-placed.json"
};
static const uint8_t file79[] = {
#embed "../../rules/samples/adobe-io/order.pending.json"
};
static const uint8_t file80[] = {
#embed "../../rules/samples/adobe-io/order.processing.json"
};
static const uint8_t file81[] = {
#embed "../../rules/samples/adyen-platform/transfer.authorised.json"
};
static const uint8_t file82[] = {
#embed "../../rules/samples/adyen-platform/transfer.booked.json"
};
static const uint8_t file83[] = {
#embed "../../rules/samples/adyen-platform/transfer.failed.json"
};
static const uint8_t file84[] = {
#embed "../../rules/samples/adyen/authorisation.enriched.json"
};
static const uint8_t file85[] = {
#embed "../../rules/samples/adyen/authorisation.json"
};
static const uint8_t file86[] = {
#embed "../../rules/samples/adyen/authorisation.refused.json"
};
static const uint8_t file87[] = {
#embed "../../rules/samples/adyen/authorisation.request.json"
};
static const uint8_t file88[] = {
#embed "../../rules/samples/adyen/chargeback.json"
};
static const uint8_t file89[] = {
#embed "../../rules/samples/adyen/refund.failed.json"
};
static const uint8_t file90[] = {
#embed "../../rules/samples/adyen/refund.json"
};
static const uint8_t file91[] = {
#embed "../../rules/samples/alertmanager/firing.json"
};
static const uint8_t file92[] = {
#embed "../../rules/samples/alertmanager/firing.second.json"
};
static const uint8_t file93[] = {
#embed "../../rules/samples/alertmanager/firing.warning.json"
};
static const uint8_t file94[] = {
#embed "../../rules/samples/alertmanager/resolved.json"
};
static const uint8_t file95[] = {
#embed "../../rules/samples/bigcommerce/order.awaiting-payment.json"
};
static const uint8_t file96[] = {
#embed "../../rules/samples/bigcommerce/order.paid.json"
};
static const uint8_t file97[] = {
#embed "../../rules/samples/bigcommerce/order.paid.request.json"
};
static const uint8_t file98[] = {
#embed "../../rules/samples/bigcommerce/order.shipped.json"
};
static const uint8_t file99[] = {
#embed "../../rules/samples/cashfree/payment-failed.json"
};
static const uint8_t file100[] = {
#embed "../../rules/samples/cashfree/payment-link-expired.json"
};
static const uint8_t file101[] = {
#embed "../../rules/samples/cashfree/payment-link-paid.json"
};
static const uint8_t file102[] = {
#embed "../../rules/samples/cashfree/payment-success.json"
};
static const uint8_t file103[] = {
#embed "../../rules/samples/cashfree/payment-user-dropped.json"
};
static const uint8_t file104[] = {
#embed "../../rules/samples/cashfree/refund-status.json"
};
static const uint8_t file105[] = {
#embed "../../rules/samples/cloudevents/invoice.overdue.json"
};
static const uint8_t file106[] = {
#embed "../../rules/samples/cloudevents/invoice.overdue.settled.json"
};
static const uint8_t file107[] = {
#embed "../../rules/samples/erpnext/delivery-note.submitted.json"
};
static const uint8_t file108[] = {
#embed "../../rules/samples/erpnext/payment-entry.submitted.json"
};
static const uint8_t file109[] = {
#embed "../../rules/samples/erpnext/quotation.submitted.json"
};
static const uint8_t file110[] = {
#embed "../../rules/samples/erpnext/sales-invoice.no-mobile.json"
};
static const uint8_t file111[] = {
#embed "../../rules/samples/erpnext/sales-invoice.overdue.json"
};
static const uint8_t file112[] = {
#embed "../../rules/samples/erpnext/sales-invoice.return.json"
};
static const uint8_t file113[] = {
#embed "../../rules/samples/erpnext/sales-invoice.submitted.json"
};
static const uint8_t file114[] = {
#embed "../../rules/samples/erpnext/sales-order.submitted.json"
};
static const uint8_t file115[] = {
#embed "../../rules/samples/generic/order.cancelled.json"
};
static const uint8_t file116[] = {
#embed "../../rules/samples/generic/order.created.json"
};
static const uint8_t file117[] = {
#embed "../../rules/samples/generic/order.created.no-name.json"
};
static const uint8_t file118[] = {
#embed "../../rules/samples/generic/order.delivered.json"
};
static const uint8_t file119[] = {
#embed "../../rules/samples/generic/order.paid.json"
};
static const uint8_t file120[] = {
#embed "../../rules/samples/generic/order.shipped.json"
};
static const uint8_t file121[] = {
#embed "../../rules/samples/generic/order.shipped.no-tracking.json"
};
static const uint8_t file122[] = {
#embed "../../rules/samples/github/release.preview.json"
};
static const uint8_t file123[] = {
#embed "../../rules/samples/github/release.published.json"
};
static const uint8_t file124[] = {
#embed "../../rules/samples/github/workflow_run.branch.json"
};
static const uint8_t file125[] = {
#embed "../../rules/samples/github/workflow_run.failed.json"
};
static const uint8_t file126[] = {
#embed "../../rules/samples/invoices/invoice.cancelled.json"
};
static const uint8_t file127[] = {
#embed "../../rules/samples/invoices/invoice.due.json"
};
static const uint8_t file128[] = {
#embed "../../rules/samples/invoices/invoice.issued.json"
};
static const uint8_t file129[] = {
#embed "../../rules/samples/invoices/invoice.overdue.json"
};
static const uint8_t file130[] = {
#embed "../../rules/samples/invoices/invoice.overdue.paid-meanwhile.json"
};
static const uint8_t file131[] = {
#embed "../../rules/samples/invoices/invoice.paid.json"
};
static const uint8_t file132[] = {
#embed "../../rules/samples/invoices/payment.partial.json"
};
static const uint8_t file133[] = {
#embed "../../rules/samples/meta/lead.json"
};
static const uint8_t file134[] = {
#embed "../../rules/samples/meta/lead.no-phone.json"
};
static const uint8_t file135[] = {
#embed "../../rules/samples/meta/lead.request.json"
};
static const uint8_t file136[] = {
#embed "../../rules/samples/meta/message.json"
};
static const uint8_t file137[] = {
#embed "../../rules/samples/meta/status.json"
};
static const uint8_t file138[] = {
#embed "../../rules/samples/mollie-classic/payment.open.json"
};
static const uint8_t file139[] = {
#embed "../../rules/samples/mollie-classic/payment.paid.json"
};
static const uint8_t file140[] = {
#embed "../../rules/samples/mollie-classic/payment.paid.no-metadata.json"
};
static const uint8_t file141[] = {
#embed "../../rules/samples/mollie-classic/payment.request.form"
};
static const uint8_t file142[] = {
#embed "../../rules/samples/mollie/payment-link.created.json"
};
static const uint8_t file143[] = {
#embed "../../rules/samples/mollie/payment-link.paid.json"
};
static const uint8_t file144[] = {
#embed "../../rules/samples/odoo/lead.created.json"
};
static const uint8_t file145[] = {
#embed "../../rules/samples/odoo/lead.won.json"
};
static const uint8_t file146[] = {
#embed "../../rules/samples/odoo/order.confirmed.json"
};
static const uint8_t file147[] = {
#embed "../../rules/samples/paddle/transaction.completed.json"
};
static const uint8_t file148[] = {
#embed "../../rules/samples/paddle/transaction.completed.trial.json"
};
static const uint8_t file149[] = {
#embed "../../rules/samples/paddle/transaction.payment_failed.json"
};
static const uint8_t file150[] = {
#embed "../../rules/samples/paypal/capture.completed.json"
};
static const uint8_t file151[] = {
#embed "../../rules/samples/paypal/capture.pending.json"
};
static const uint8_t file152[] = {
#embed "../../rules/samples/paypal/dispute.created.json"
};
static const uint8_t file153[] = {
#embed "../../rules/samples/paytm/payment.failed.json"
};
static const uint8_t file154[] = {
#embed "../../rules/samples/paytm/payment.link.json"
};
static const uint8_t file155[] = {
#embed "../../rules/samples/paytm/payment.link.request.form"
};
static const uint8_t file156[] = {
#embed "../../rules/samples/paytm/payment.success.json"
};
static const uint8_t file157[] = {
#embed "../../rules/samples/payu/payment.cancelled.json"
};
static const uint8_t file158[] = {
#embed "../../rules/samples/payu/payment.failed.json"
};
static const uint8_t file159[] = {
#embed "../../rules/samples/payu/payment.success.json"
};
static const uint8_t file160[] = {
#embed "../../rules/samples/payu/payment.success.no-udf.json"
};
static const uint8_t file161[] = {
#embed "../../rules/samples/payu/payment.success.request.form"
};
static const uint8_t file162[] = {
#embed "../../rules/samples/phonepe/checkout.order.completed.json"
};
static const uint8_t file163[] = {
#embed "../../rules/samples/phonepe/checkout.order.pending.json"
};
static const uint8_t file164[] = {
#embed "../../rules/samples/phonepe/refund.failed.json"
};
static const uint8_t file165[] = {
#embed "../../rules/samples/quickbooks/invoice.created.json"
};
static const uint8_t file166[] = {
#embed "../../rules/samples/quickbooks/invoice.created.paid.json"
};
static const uint8_t file167[] = {
#embed "../../rules/samples/quickbooks/invoice.created.request.json"
};
static const uint8_t file168[] = {
#embed "../../rules/samples/quickbooks/payment.created.json"
};
static const uint8_t file169[] = {
#embed "../../rules/samples/razorpay/invoice.paid.json"
};
static const uint8_t file170[] = {
#embed "../../rules/samples/razorpay/order.paid.json"
};
static const uint8_t file171[] = {
#embed "../../rules/samples/razorpay/payment.captured.invoice.json"
};
static const uint8_t file172[] = {
#embed "../../rules/samples/razorpay/payment.captured.json"
};
static const uint8_t file173[] = {
#embed "../../rules/samples/razorpay/payment.captured.no-name.json"
};
static const uint8_t file174[] = {
#embed "../../rules/samples/razorpay/payment.failed.json"
};
static const uint8_t file175[] = {
#embed "../../rules/samples/razorpay/payment.failed.no-contact.json"
};
static const uint8_t file176[] = {
#embed "../../rules/samples/razorpay/payment_link.paid.json"
};
static const uint8_t file177[] = {
#embed "../../rules/samples/razorpay/refund.processed.json"
};
static const uint8_t file178[] = {
#embed "../../rules/samples/shiprocket/delivered.json"
};
static const uint8_t file179[] = {
#embed "../../rules/samples/shiprocket/out-for-delivery.json"
};
static const uint8_t file180[] = {
#embed "../../rules/samples/shiprocket/out-for-delivery.request.json"
};
static const uint8_t file181[] = {
#embed "../../rules/samples/shiprocket/return.out-for-delivery.json"
};
static const uint8_t file182[] = {
#embed "../../rules/samples/shiprocket/undelivered.json"
};
static const uint8_t file183[] = {
#embed "../../rules/samples/shopify/checkouts-update.completed.json"
};
static const uint8_t file184[] = {
#embed "../../rules/samples/shopify/checkouts-update.json"
};
static const uint8_t file185[] = {
#embed "../../rules/samples/shopify/fulfillments-create.json"
};
static const uint8_t file186[] = {
#embed "../../rules/samples/shopify/fulfillments-create.untracked.json"
};
static const uint8_t file187[] = {
#embed "../../rules/samples/shopify/fulfillments-update.delivered.json"
};
static const uint8_t file188[] = {
#embed "../../rules/samples/shopify/orders-cancelled.json"
};
static const uint8_t file189[] = {
#embed "../../rules/samples/shopify/orders-create.json"
};
static const uint8_t file190[] = {
#embed "../../rules/samples/shopify/orders-paid.json"
};
static const uint8_t file191[] = {
#embed "../../rules/samples/shopify/orders-paid.no-contact.json"
};
static const uint8_t file192[] = {
#embed "../../rules/samples/shopify/refunds-create.json"
};
static const uint8_t file193[] = {
#embed "../../rules/samples/square/invoice.published.json"
};
static const uint8_t file194[] = {
#embed "../../rules/samples/square/invoice.published.no-phone.json"
};
static const uint8_t file195[] = {
#embed "../../rules/samples/square/payment.approved.json"
};
static const uint8_t file196[] = {
#embed "../../rules/samples/square/payment.completed.json"
};
static const uint8_t file197[] = {
#embed "../../rules/samples/standard-webhooks/invoice.paid.json"
};
static const uint8_t file198[] = {
#embed "../../rules/samples/stripe/charge.refunded.json"
};
static const uint8_t file199[] = {
#embed "../../rules/samples/stripe/checkout.session.async_payment_succeeded.json"
};
static const uint8_t file200[] = {
#embed "../../rules/samples/stripe/checkout.session.completed.json"
};
static const uint8_t file201[] = {
#embed "../../rules/samples/stripe/checkout.session.completed.unpaid.json"
};
static const uint8_t file202[] = {
#embed "../../rules/samples/stripe/customer.subscription.trial_will_end.json"
};
static const uint8_t file203[] = {
#embed "../../rules/samples/stripe/invoice.finalized.json"
};
static const uint8_t file204[] = {
#embed "../../rules/samples/stripe/invoice.paid.json"
};
static const uint8_t file205[] = {
#embed "../../rules/samples/stripe/invoice.paid.zero.json"
};
static const uint8_t file206[] = {
#embed "../../rules/samples/stripe/invoice.payment_failed.json"
};
static const uint8_t file207[] = {
#embed "../../rules/samples/woocommerce/order.created.entities.json"
};
static const uint8_t file208[] = {
#embed "../../rules/samples/woocommerce/order.created.json"
};
static const uint8_t file209[] = {
#embed "../../rules/samples/woocommerce/order.created.on-hold.json"
};
static const uint8_t file210[] = {
#embed "../../rules/samples/woocommerce/order.updated.cancelled.json"
};
static const uint8_t file211[] = {
#embed "../../rules/samples/woocommerce/order.updated.completed.json"
};
static const uint8_t file212[] = {
#embed "../../rules/samples/woocommerce/order.updated.draft.json"
};
static const uint8_t file213[] = {
#embed "../../rules/samples/woocommerce/order.updated.failed.json"
};
static const uint8_t file214[] = {
#embed "../../rules/samples/woocommerce/order.updated.refunded.json"
};
static const uint8_t file215[] = {
#embed "../../rules/samples/xero/bill.approved.json"
};
static const uint8_t file216[] = {
#embed "../../rules/samples/xero/invoice.approved.json"
};
static const uint8_t file217[] = {
#embed "../../rules/samples/xero/invoice.approved.request.json"
};
static const uint8_t file218[] = {
#embed "../../rules/samples/xero/invoice.paid.json"
};
static const uint8_t file219[] = {
#embed "../../rules/samples/zoho-books/creditnote.open.json"
};
static const uint8_t file220[] = {
#embed "../../rules/samples/zoho-books/estimate.sent.json"
};
static const uint8_t file221[] = {
#embed "../../rules/samples/zoho-books/invoice.overdue.json"
};
static const uint8_t file222[] = {
#embed "../../rules/samples/zoho-books/invoice.paid.json"
};
static const uint8_t file223[] = {
#embed "../../rules/samples/zoho-books/invoice.sent.json"
};
static const uint8_t file224[] = {
#embed "../../rules/samples/zoho-books/payment.partial.json"
};
static const uint8_t file225[] = {
#embed "../../rules/samples/zoho-payments/payment.succeeded.json"
};
static const uint8_t file226[] = {
#embed "../../rules/samples/zoho-payments/payment.succeeded.test-mode.json"
};
static const uint8_t file227[] = {
#embed "../../rules/shiprocket.yaml"
};
static const uint8_t file228[] = {
#embed "../../rules/shopify.yaml"
};
static const uint8_t file229[] = {
#embed "../../rules/square.yaml"
};
static const uint8_t file230[] = {
#embed "../../rules/standard-webhooks.yaml"
};
static const uint8_t file231[] = {
#embed "../../rules/stripe.yaml"
};
static const uint8_t file232[] = {
#embed "../../rules/woocommerce.yaml"
};
static const uint8_t file233[] = {
#embed "../../rules/xero.yaml"
};
static const uint8_t file234[] = {
#embed "../../rules/zoho-books.yaml"
};
static const uint8_t file235[] = {
#embed "../../rules/zoho-payments.yaml"
};

static const cembeddedfiles_file files[] = {
    {"Sources/Console/Assets/console.css", file0, sizeof file0},
    {"Sources/Console/Assets/console.js", file1, sizeof file1},
    {"Sources/Console/Templates/access.mustache", file2, sizeof file2},
    {"Sources/Console/Templates/account-choice.mustache", file3, sizeof file3},
    {"Sources/Console/Templates/arrival.mustache", file4, sizeof file4},
    {"Sources/Console/Templates/ask.mustache", file5, sizeof file5},
    {"Sources/Console/Templates/audit.mustache", file6, sizeof file6},
    {"Sources/Console/Templates/backtest.mustache", file7, sizeof file7},
    {"Sources/Console/Templates/bubble.mustache", file8, sizeof file8},
    {"Sources/Console/Templates/chips.mustache", file9, sizeof file9},
    {"Sources/Console/Templates/consent.mustache", file10, sizeof file10},
    {"Sources/Console/Templates/decision.mustache", file11, sizeof file11},
    {"Sources/Console/Templates/entry.mustache", file12, sizeof file12},
    {"Sources/Console/Templates/event-rule.mustache", file13, sizeof file13},
    {"Sources/Console/Templates/event.mustache", file14, sizeof file14},
    {"Sources/Console/Templates/events.mustache", file15, sizeof file15},
    {"Sources/Console/Templates/icons.mustache", file16, sizeof file16},
    {"Sources/Console/Templates/job.mustache", file17, sizeof file17},
    {"Sources/Console/Templates/jobs.mustache", file18, sizeof file18},
    {"Sources/Console/Templates/key-rows.mustache", file19, sizeof file19},
    {"Sources/Console/Templates/keys.mustache", file20, sizeof file20},
    {"Sources/Console/Templates/layout.mustache", file21, sizeof file21},
    {"Sources/Console/Templates/linked.mustache", file22, sizeof file22},
    {"Sources/Console/Templates/login.mustache", file23, sizeof file23},
    {"Sources/Console/Templates/message-row.mustache", file24, sizeof file24},
    {"Sources/Console/Templates/message-rows.mustache", file25, sizeof file25},
    {"Sources/Console/Templates/message.mustache", file26, sizeof file26},
    {"Sources/Console/Templates/messages.mustache", file27, sizeof file27},
    {"Sources/Console/Templates/new-job.mustache", file28, sizeof file28},
    {"Sources/Console/Templates/next.mustache", file29, sizeof file29},
    {"Sources/Console/Templates/overview.mustache", file30, sizeof file30},
    {"Sources/Console/Templates/pager.mustache", file31, sizeof file31},
    {"Sources/Console/Templates/playground.mustache", file32, sizeof file32},
    {"Sources/Console/Templates/refused.mustache", file33, sizeof file33},
    {"Sources/Console/Templates/replay.mustache", file34, sizeof file34},
    {"Sources/Console/Templates/rule-choice.mustache", file35, sizeof file35},
    {"Sources/Console/Templates/rule-text.mustache", file36, sizeof file36},
    {"Sources/Console/Templates/rule.mustache", file37, sizeof file37},
    {"Sources/Console/Templates/rules.mustache", file38, sizeof file38},
    {"Sources/Console/Templates/secret.mustache", file39, sizeof file39},
    {"Sources/Console/Templates/source-choice.mustache", file40, sizeof file40},
    {"Sources/Console/Templates/source.mustache", file41, sizeof file41},
    {"Sources/Console/Templates/sources.mustache", file42, sizeof file42},
    {"Sources/Console/Templates/state.mustache", file43, sizeof file43},
    {"Sources/Console/Templates/template.mustache", file44, sizeof file44},
    {"Sources/Console/Templates/templates.mustache", file45, sizeof file45},
    {"Sources/Console/Templates/time.mustache", file46, sizeof file46},
    {"Sources/Console/Templates/trouble.mustache", file47, sizeof file47},
    {"Sources/Console/Templates/words.mustache", file48, sizeof file48},
    {"Sources/Liquid/Resources/entities.txt", file49, sizeof file49},
    {"Sources/RuleDrafts/Resources/shipped-rules.json", file50, sizeof file50},
    {"Sources/Sandbox/Resources/openapi.json", file51, sizeof file51},
    {"Sources/Sandbox/Resources/page.html", file52, sizeof file52},
    {"Sources/Sandbox/Resources/templates.json", file53, sizeof file53},
    {"rules/adobe-commerce.yaml", file54, sizeof file54},
    {"rules/adobe-io.yaml", file55, sizeof file55},
    {"rules/adyen-platform.yaml", file56, sizeof file56},
    {"rules/adyen.yaml", file57, sizeof file57},
    {"rules/alertmanager.yaml", file58, sizeof file58},
    {"rules/bigcommerce.yaml", file59, sizeof file59},
    {"rules/cashfree.yaml", file60, sizeof file60},
    {"rules/cloudevents.yaml", file61, sizeof file61},
    {"rules/erpnext.yaml", file62, sizeof file62},
    {"rules/generic-invoice.yaml", file63, sizeof file63},
    {"rules/generic-order.yaml", file64, sizeof file64},
    {"rules/github.yaml", file65, sizeof file65},
    {"rules/meta.yaml", file66, sizeof file66},
    {"rules/mollie-classic.yaml", file67, sizeof file67},
    {"rules/mollie.yaml", file68, sizeof file68},
    {"rules/odoo.yaml", file69, sizeof file69},
    {"rules/paddle.yaml", file70, sizeof file70},
    {"rules/paypal.yaml", file71, sizeof file71},
    {"rules/paytm.yaml", file72, sizeof file72},
    {"rules/payu.yaml", file73, sizeof file73},
    {"rules/phonepe.yaml", file74, sizeof file74},
    {"rules/quickbooks.yaml", file75, sizeof file75},
    {"rules/razorpay.yaml", file76, sizeof file76},
    {"rules/samples/adobe-commerce/order-placed.download.json", file77, sizeof file77},
    {"rules/samples/adobe-commerce/order-placed.json", file78, sizeof file78},
    {"rules/samples/adobe-io/order.pending.json", file79, sizeof file79},
    {"rules/samples/adobe-io/order.processing.json", file80, sizeof file80},
    {"rules/samples/adyen-platform/transfer.authorised.json", file81, sizeof file81},
    {"rules/samples/adyen-platform/transfer.booked.json", file82, sizeof file82},
    {"rules/samples/adyen-platform/transfer.failed.json", file83, sizeof file83},
    {"rules/samples/adyen/authorisation.enriched.json", file84, sizeof file84},
    {"rules/samples/adyen/authorisation.json", file85, sizeof file85},
    {"rules/samples/adyen/authorisation.refused.json", file86, sizeof file86},
    {"rules/samples/adyen/authorisation.request.json", file87, sizeof file87},
    {"rules/samples/adyen/chargeback.json", file88, sizeof file88},
    {"rules/samples/adyen/refund.failed.json", file89, sizeof file89},
    {"rules/samples/adyen/refund.json", file90, sizeof file90},
    {"rules/samples/alertmanager/firing.json", file91, sizeof file91},
    {"rules/samples/alertmanager/firing.second.json", file92, sizeof file92},
    {"rules/samples/alertmanager/firing.warning.json", file93, sizeof file93},
    {"rules/samples/alertmanager/resolved.json", file94, sizeof file94},
    {"rules/samples/bigcommerce/order.awaiting-payment.json", file95, sizeof file95},
    {"rules/samples/bigcommerce/order.paid.json", file96, sizeof file96},
    {"rules/samples/bigcommerce/order.paid.request.json", file97, sizeof file97},
    {"rules/samples/bigcommerce/order.shipped.json", file98, sizeof file98},
    {"rules/samples/cashfree/payment-failed.json", file99, sizeof file99},
    {"rules/samples/cashfree/payment-link-expired.json", file100, sizeof file100},
    {"rules/samples/cashfree/payment-link-paid.json", file101, sizeof file101},
    {"rules/samples/cashfree/payment-success.json", file102, sizeof file102},
    {"rules/samples/cashfree/payment-user-dropped.json", file103, sizeof file103},
    {"rules/samples/cashfree/refund-status.json", file104, sizeof file104},
    {"rules/samples/cloudevents/invoice.overdue.json", file105, sizeof file105},
    {"rules/samples/cloudevents/invoice.overdue.settled.json", file106, sizeof file106},
    {"rules/samples/erpnext/delivery-note.submitted.json", file107, sizeof file107},
    {"rules/samples/erpnext/payment-entry.submitted.json", file108, sizeof file108},
    {"rules/samples/erpnext/quotation.submitted.json", file109, sizeof file109},
    {"rules/samples/erpnext/sales-invoice.no-mobile.json", file110, sizeof file110},
    {"rules/samples/erpnext/sales-invoice.overdue.json", file111, sizeof file111},
    {"rules/samples/erpnext/sales-invoice.return.json", file112, sizeof file112},
    {"rules/samples/erpnext/sales-invoice.submitted.json", file113, sizeof file113},
    {"rules/samples/erpnext/sales-order.submitted.json", file114, sizeof file114},
    {"rules/samples/generic/order.cancelled.json", file115, sizeof file115},
    {"rules/samples/generic/order.created.json", file116, sizeof file116},
    {"rules/samples/generic/order.created.no-name.json", file117, sizeof file117},
    {"rules/samples/generic/order.delivered.json", file118, sizeof file118},
    {"rules/samples/generic/order.paid.json", file119, sizeof file119},
    {"rules/samples/generic/order.shipped.json", file120, sizeof file120},
    {"rules/samples/generic/order.shipped.no-tracking.json", file121, sizeof file121},
    {"rules/samples/github/release.preview.json", file122, sizeof file122},
    {"rules/samples/github/release.published.json", file123, sizeof file123},
    {"rules/samples/github/workflow_run.branch.json", file124, sizeof file124},
    {"rules/samples/github/workflow_run.failed.json", file125, sizeof file125},
    {"rules/samples/invoices/invoice.cancelled.json", file126, sizeof file126},
    {"rules/samples/invoices/invoice.due.json", file127, sizeof file127},
    {"rules/samples/invoices/invoice.issued.json", file128, sizeof file128},
    {"rules/samples/invoices/invoice.overdue.json", file129, sizeof file129},
    {"rules/samples/invoices/invoice.overdue.paid-meanwhile.json", file130, sizeof file130},
    {"rules/samples/invoices/invoice.paid.json", file131, sizeof file131},
    {"rules/samples/invoices/payment.partial.json", file132, sizeof file132},
    {"rules/samples/meta/lead.json", file133, sizeof file133},
    {"rules/samples/meta/lead.no-phone.json", file134, sizeof file134},
    {"rules/samples/meta/lead.request.json", file135, sizeof file135},
    {"rules/samples/meta/message.json", file136, sizeof file136},
    {"rules/samples/meta/status.json", file137, sizeof file137},
    {"rules/samples/mollie-classic/payment.open.json", file138, sizeof file138},
    {"rules/samples/mollie-classic/payment.paid.json", file139, sizeof file139},
    {"rules/samples/mollie-classic/payment.paid.no-metadata.json", file140, sizeof file140},
    {"rules/samples/mollie-classic/payment.request.form", file141, sizeof file141},
    {"rules/samples/mollie/payment-link.created.json", file142, sizeof file142},
    {"rules/samples/mollie/payment-link.paid.json", file143, sizeof file143},
    {"rules/samples/odoo/lead.created.json", file144, sizeof file144},
    {"rules/samples/odoo/lead.won.json", file145, sizeof file145},
    {"rules/samples/odoo/order.confirmed.json", file146, sizeof file146},
    {"rules/samples/paddle/transaction.completed.json", file147, sizeof file147},
    {"rules/samples/paddle/transaction.completed.trial.json", file148, sizeof file148},
    {"rules/samples/paddle/transaction.payment_failed.json", file149, sizeof file149},
    {"rules/samples/paypal/capture.completed.json", file150, sizeof file150},
    {"rules/samples/paypal/capture.pending.json", file151, sizeof file151},
    {"rules/samples/paypal/dispute.created.json", file152, sizeof file152},
    {"rules/samples/paytm/payment.failed.json", file153, sizeof file153},
    {"rules/samples/paytm/payment.link.json", file154, sizeof file154},
    {"rules/samples/paytm/payment.link.request.form", file155, sizeof file155},
    {"rules/samples/paytm/payment.success.json", file156, sizeof file156},
    {"rules/samples/payu/payment.cancelled.json", file157, sizeof file157},
    {"rules/samples/payu/payment.failed.json", file158, sizeof file158},
    {"rules/samples/payu/payment.success.json", file159, sizeof file159},
    {"rules/samples/payu/payment.success.no-udf.json", file160, sizeof file160},
    {"rules/samples/payu/payment.success.request.form", file161, sizeof file161},
    {"rules/samples/phonepe/checkout.order.completed.json", file162, sizeof file162},
    {"rules/samples/phonepe/checkout.order.pending.json", file163, sizeof file163},
    {"rules/samples/phonepe/refund.failed.json", file164, sizeof file164},
    {"rules/samples/quickbooks/invoice.created.json", file165, sizeof file165},
    {"rules/samples/quickbooks/invoice.created.paid.json", file166, sizeof file166},
    {"rules/samples/quickbooks/invoice.created.request.json", file167, sizeof file167},
    {"rules/samples/quickbooks/payment.created.json", file168, sizeof file168},
    {"rules/samples/razorpay/invoice.paid.json", file169, sizeof file169},
    {"rules/samples/razorpay/order.paid.json", file170, sizeof file170},
    {"rules/samples/razorpay/payment.captured.invoice.json", file171, sizeof file171},
    {"rules/samples/razorpay/payment.captured.json", file172, sizeof file172},
    {"rules/samples/razorpay/payment.captured.no-name.json", file173, sizeof file173},
    {"rules/samples/razorpay/payment.failed.json", file174, sizeof file174},
    {"rules/samples/razorpay/payment.failed.no-contact.json", file175, sizeof file175},
    {"rules/samples/razorpay/payment_link.paid.json", file176, sizeof file176},
    {"rules/samples/razorpay/refund.processed.json", file177, sizeof file177},
    {"rules/samples/shiprocket/delivered.json", file178, sizeof file178},
    {"rules/samples/shiprocket/out-for-delivery.json", file179, sizeof file179},
    {"rules/samples/shiprocket/out-for-delivery.request.json", file180, sizeof file180},
    {"rules/samples/shiprocket/return.out-for-delivery.json", file181, sizeof file181},
    {"rules/samples/shiprocket/undelivered.json", file182, sizeof file182},
    {"rules/samples/shopify/checkouts-update.completed.json", file183, sizeof file183},
    {"rules/samples/shopify/checkouts-update.json", file184, sizeof file184},
    {"rules/samples/shopify/fulfillments-create.json", file185, sizeof file185},
    {"rules/samples/shopify/fulfillments-create.untracked.json", file186, sizeof file186},
    {"rules/samples/shopify/fulfillments-update.delivered.json", file187, sizeof file187},
    {"rules/samples/shopify/orders-cancelled.json", file188, sizeof file188},
    {"rules/samples/shopify/orders-create.json", file189, sizeof file189},
    {"rules/samples/shopify/orders-paid.json", file190, sizeof file190},
    {"rules/samples/shopify/orders-paid.no-contact.json", file191, sizeof file191},
    {"rules/samples/shopify/refunds-create.json", file192, sizeof file192},
    {"rules/samples/square/invoice.published.json", file193, sizeof file193},
    {"rules/samples/square/invoice.published.no-phone.json", file194, sizeof file194},
    {"rules/samples/square/payment.approved.json", file195, sizeof file195},
    {"rules/samples/square/payment.completed.json", file196, sizeof file196},
    {"rules/samples/standard-webhooks/invoice.paid.json", file197, sizeof file197},
    {"rules/samples/stripe/charge.refunded.json", file198, sizeof file198},
    {"rules/samples/stripe/checkout.session.async_payment_succeeded.json", file199, sizeof file199},
    {"rules/samples/stripe/checkout.session.completed.json", file200, sizeof file200},
    {"rules/samples/stripe/checkout.session.completed.unpaid.json", file201, sizeof file201},
    {"rules/samples/stripe/customer.subscription.trial_will_end.json", file202, sizeof file202},
    {"rules/samples/stripe/invoice.finalized.json", file203, sizeof file203},
    {"rules/samples/stripe/invoice.paid.json", file204, sizeof file204},
    {"rules/samples/stripe/invoice.paid.zero.json", file205, sizeof file205},
    {"rules/samples/stripe/invoice.payment_failed.json", file206, sizeof file206},
    {"rules/samples/woocommerce/order.created.entities.json", file207, sizeof file207},
    {"rules/samples/woocommerce/order.created.json", file208, sizeof file208},
    {"rules/samples/woocommerce/order.created.on-hold.json", file209, sizeof file209},
    {"rules/samples/woocommerce/order.updated.cancelled.json", file210, sizeof file210},
    {"rules/samples/woocommerce/order.updated.completed.json", file211, sizeof file211},
    {"rules/samples/woocommerce/order.updated.draft.json", file212, sizeof file212},
    {"rules/samples/woocommerce/order.updated.failed.json", file213, sizeof file213},
    {"rules/samples/woocommerce/order.updated.refunded.json", file214, sizeof file214},
    {"rules/samples/xero/bill.approved.json", file215, sizeof file215},
    {"rules/samples/xero/invoice.approved.json", file216, sizeof file216},
    {"rules/samples/xero/invoice.approved.request.json", file217, sizeof file217},
    {"rules/samples/xero/invoice.paid.json", file218, sizeof file218},
    {"rules/samples/zoho-books/creditnote.open.json", file219, sizeof file219},
    {"rules/samples/zoho-books/estimate.sent.json", file220, sizeof file220},
    {"rules/samples/zoho-books/invoice.overdue.json", file221, sizeof file221},
    {"rules/samples/zoho-books/invoice.paid.json", file222, sizeof file222},
    {"rules/samples/zoho-books/invoice.sent.json", file223, sizeof file223},
    {"rules/samples/zoho-books/payment.partial.json", file224, sizeof file224},
    {"rules/samples/zoho-payments/payment.succeeded.json", file225, sizeof file225},
    {"rules/samples/zoho-payments/payment.succeeded.test-mode.json", file226, sizeof file226},
    {"rules/shiprocket.yaml", file227, sizeof file227},
    {"rules/shopify.yaml", file228, sizeof file228},
    {"rules/square.yaml", file229, sizeof file229},
    {"rules/standard-webhooks.yaml", file230, sizeof file230},
    {"rules/stripe.yaml", file231, sizeof file231},
    {"rules/woocommerce.yaml", file232, sizeof file232},
    {"rules/xero.yaml", file233, sizeof file233},
    {"rules/zoho-books.yaml", file234, sizeof file234},
    {"rules/zoho-payments.yaml", file235, sizeof file235},
};

const cembeddedfiles_file *cembeddedfiles_list(void) { return files; }

size_t cembeddedfiles_count(void) { return sizeof files / sizeof *files; }
