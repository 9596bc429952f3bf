// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// Made by make_index.py (`make starters`): the rule files and samples that `hookline init` writes.
#include "cstarters.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t file0[] = {
#embed "../../rules/adobe-commerce.yaml"
};
static const uint8_t file1[] = {
#embed "../../rules/adobe-io.yaml"
};
static const uint8_t file2[] = {
#embed "../../rules/adyen-platform.yaml"
};
static const uint8_t file3[] = {
#embed "../../rules/adyen.yaml"
};
static const uint8_t file4[] = {
#embed "../../rules/alertmanager.yaml"
};
static const uint8_t file5[] = {
#embed "../../rules/bigcommerce.yaml"
};
static const uint8_t file6[] = {
#embed "../../rules/cashfree.yaml"
};
static const uint8_t file7[] = {
#embed "../../rules/cloudevents.yaml"
};
static const uint8_t file8[] = {
#embed "../../rules/erpnext.yaml"
};
static const uint8_t file9[] = {
#embed "../../rules/generic-invoice.yaml"
};
static const uint8_t file10[] = {
#embed "../../rules/generic-order.yaml"
};
static const uint8_t file11[] = {
#embed "../../rules/github.yaml"
};
static const uint8_t file12[] = {
#embed "../../rules/meta.yaml"
};
static const uint8_t file13[] = {
#embed "../../rules/mollie-classic.yaml"
};
static const uint8_t file14[] = {
#embed "../../rules/mollie.yaml"
};
static const uint8_t file15[] = {
#embed "../../rules/odoo.yaml"
};
static const uint8_t file16[] = {
#embed "../../rules/paddle.yaml"
};
static const uint8_t file17[] = {
#embed "../../rules/paypal.yaml"
};
static const uint8_t file18[] = {
#embed "../../rules/paytm.yaml"
};
static const uint8_t file19[] = {
#embed "../../rules/payu.yaml"
};
static const uint8_t file20[] = {
#embed "../../rules/phonepe.yaml"
};
static const uint8_t file21[] = {
#embed "../../rules/quickbooks.yaml"
};
static const uint8_t file22[] = {
#embed "../../rules/razorpay.yaml"
};
static const uint8_t file23[] = {
#embed "../../rules/samples/adobe-commerce/order-placed.download.json"
};
static const uint8_t file24[] = {
#embed "../../rules/samples/adobe-commerce/order-placed.json"
};
static const uint8_t file25[] = {
#embed "../../rules/samples/adobe-io/order.pending.json"
};
static const uint8_t file26[] = {
#embed "../../rules/samples/adobe-io/order.processing.json"
};
static const uint8_t file27[] = {
#embed "../../rules/samples/adyen-platform/transfer.authorised.json"
};
static const uint8_t file28[] = {
#embed "../../rules/samples/adyen-platform/transfer.booked.json"
};
static const uint8_t file29[] = {
#embed "../../rules/samples/adyen-platform/transfer.failed.json"
};
static const uint8_t file30[] = {
#embed "../../rules/samples/adyen/authorisation.enriched.json"
};
static const uint8_t file31[] = {
#embed "../../rules/samples/adyen/authorisation.json"
};
static const uint8_t file32[] = {
#embed "../../rules/samples/adyen/authorisation.refused.json"
};
static const uint8_t file33[] = {
#embed "../../rules/samples/adyen/authorisation.request.json"
};
static const uint8_t file34[] = {
#embed "../../rules/samples/adyen/chargeback.json"
};
static const uint8_t file35[] = {
#embed "../../rules/samples/adyen/refund.failed.json"
};
static const uint8_t file36[] = {
#embed "../../rules/samples/adyen/refund.json"
};
static const uint8_t file37[] = {
#embed "../../rules/samples/alertmanager/firing.json"
};
static const uint8_t file38[] = {
#embed "../../rules/samples/alertmanager/firing.second.json"
};
static const uint8_t file39[] = {
#embed "../../rules/samples/alertmanager/firing.warning.json"
};
static const uint8_t file40[] = {
#embed "../../rules/samples/alertmanager/resolved.json"
};
static const uint8_t file41[] = {
#embed "../../rules/samples/bigcommerce/order.awaiting-payment.json"
};
static const uint8_t file42[] = {
#embed "../../rules/samples/bigcommerce/order.paid.json"
};
static const uint8_t file43[] = {
#embed "../../rules/samples/bigcommerce/order.paid.request.json"
};
static const uint8_t file44[] = {
#embed "../../rules/samples/bigcommerce/order.shipped.json"
};
static const uint8_t file45[] = {
#embed "../../rules/samples/cashfree/payment-failed.json"
};
static const uint8_t file46[] = {
#embed "../../rules/samples/cashfree/payment-link-expired.json"
};
static const uint8_t file47[] = {
#embed "../../rules/samples/cashfree/payment-link-paid.json"
};
static const uint8_t file48[] = {
#embed "../../rules/samples/cashfree/payment-success.json"
};
static const uint8_t file49[] = {
#embed "../../rules/samples/cashfree/payment-user-dropped.json"
};
static const uint8_t file50[] = {
#embed "../../rules/samples/cashfree/refund-status.json"
};
static const uint8_t file51[] = {
#embed "../../rules/samples/cloudevents/invoice.overdue.json"
};
static const uint8_t file52[] = {
#embed "../../rules/samples/cloudevents/invoice.overdue.settled.json"
};
static const uint8_t file53[] = {
#embed "../../rules/samples/erpnext/delivery-note.submitted.json"
};
static const uint8_t file54[] = {
#embed "../../rules/samples/erpnext/payment-entry.submitted.json"
};
static const uint8_t file55[] = {
#embed "../../rules/samples/erpnext/quotation.submitted.json"
};
static const uint8_t file56[] = {
#embed "../../rules/samples/erpnext/sales-invoice.no-mobile.json"
};
static const uint8_t file57[] = {
#embed "../../rules/samples/erpnext/sales-invoice.overdue.json"
};
static const uint8_t file58[] = {
#embed "../../rules/samples/erpnext/sales-invoice.return.json"
};
static const uint8_t file59[] = {
#embed "../../rules/samples/erpnext/sales-invoice.submitted.json"
};
static const uint8_t file60[] = {
#embed "../../rules/samples/erpnext/sales-order.submitted.json"
};
static const uint8_t file61[] = {
#embed "../../rules/samples/generic/order.cancelled.json"
};
static const uint8_t file62[] = {
#embed "../../rules/samples/generic/order.created.json"
};
static const uint8_t file63[] = {
#embed "../../rules/samples/generic/order.created.no-name.json"
};
static const uint8_t file64[] = {
#embed "../../rules/samples/generic/order.delivered.json"
};
static const uint8_t file65[] = {
#embed "../../rules/samples/generic/order.paid.json"
};
static const uint8_t file66[] = {
#embed "../../rules/samples/generic/order.shipped.json"
};
static const uint8_t file67[] = {
#embed "../../rules/samples/generic/order.shipped.no-tracking.json"
};
static const uint8_t file68[] = {
#embed "../../rules/samples/github/release.preview.json"
};
static const uint8_t file69[] = {
#embed "../../rules/samples/github/release.published.json"
};
static const uint8_t file70[] = {
#embed "../../rules/samples/github/workflow_run.branch.json"
};
static const uint8_t file71[] = {
#embed "../../rules/samples/github/workflow_run.failed.json"
};
static const uint8_t file72[] = {
#embed "../../rules/samples/invoices/invoice.cancelled.json"
};
static const uint8_t file73[] = {
#embed "../../rules/samples/invoices/invoice.due.json"
};
static const uint8_t file74[] = {
#embed "../../rules/samples/invoices/invoice.issued.json"
};
static const uint8_t file75[] = {
#embed "../../rules/samples/invoices/invoice.overdue.json"
};
static const uint8_t file76[] = {
#embed "../../rules/samples/invoices/invoice.overdue.paid-meanwhile.json"
};
static const uint8_t file77[] = {
#embed "../../rules/samples/invoices/invoice.paid.json"
};
static const uint8_t file78[] = {
#embed "../../rules/samples/invoices/payment.partial.json"
};
static const uint8_t file79[] = {
#embed "../../rules/samples/meta/lead.json"
};
static const uint8_t file80[] = {
#embed "../../rules/samples/meta/lead.no-phone.json"
};
static const uint8_t file81[] = {
#embed "../../rules/samples/meta/lead.request.json"
};
static const uint8_t file82[] = {
#embed "../../rules/samples/meta/message.json"
};
static const uint8_t file83[] = {
#embed "../../rules/samples/meta/status.json"
};
static const uint8_t file84[] = {
#embed "../../rules/samples/mollie-classic/payment.open.json"
};
static const uint8_t file85[] = {
#embed "../../rules/samples/mollie-classic/payment.paid.json"
};
static const uint8_t file86[] = {
#embed "../../rules/samples/mollie-classic/payment.paid.no-metadata.json"
};
static const uint8_t file87[] = {
#embed "../../rules/samples/mollie-classic/payment.request.form"
};
static const uint8_t file88[] = {
#embed "../../rules/samples/mollie/payment-link.created.json"
};
static const uint8_t file89[] = {
#embed "../../rules/samples/mollie/payment-link.paid.json"
};
static const uint8_t file90[] = {
#embed "../../rules/samples/odoo/lead.created.json"
};
static const uint8_t file91[] = {
#embed "../../rules/samples/odoo/lead.won.json"
};
static const uint8_t file92[] = {
#embed "../../rules/samples/odoo/order.confirmed.json"
};
static const uint8_t file93[] = {
#embed "../../rules/samples/paddle/transaction.completed.json"
};
static const uint8_t file94[] = {
#embed "../../rules/samples/paddle/transaction.completed.trial.json"
};
static const uint8_t file95[] = {
#embed "../../rules/samples/paddle/transaction.payment_failed.json"
};
static const uint8_t file96[] = {
#embed "../../rules/samples/paypal/capture.completed.json"
};
static const uint8_t file97[] = {
#embed "../../rules/samples/paypal/capture.pending.json"
};
static const uint8_t file98[] = {
#embed "../../rules/samples/paypal/dispute.created.json"
};
static const uint8_t file99[] = {
#embed "../../rules/samples/paytm/payment.failed.json"
};
static const uint8_t file100[] = {
#embed "../../rules/samples/paytm/payment.link.json"
};
static const uint8_t file101[] = {
#embed "../../rules/samples/paytm/payment.link.request.form"
};
static const uint8_t file102[] = {
#embed "../../rules/samples/paytm/payment.success.json"
};
static const uint8_t file103[] = {
#embed "../../rules/samples/payu/payment.cancelled.json"
};
static const uint8_t file104[] = {
#embed "../../rules/samples/payu/payment.failed.json"
};
static const uint8_t file105[] = {
#embed "../../rules/samples/payu/payment.success.json"
};
static const uint8_t file106[] = {
#embed "../../rules/samples/payu/payment.success.no-udf.json"
};
static const uint8_t file107[] = {
#embed "../../rules/samples/payu/payment.success.request.form"
};
static const uint8_t file108[] = {
#embed "../../rules/samples/phonepe/checkout.order.completed.json"
};
static const uint8_t file109[] = {
#embed "../../rules/samples/phonepe/checkout.order.pending.json"
};
static const uint8_t file110[] = {
#embed "../../rules/samples/phonepe/refund.failed.json"
};
static const uint8_t file111[] = {
#embed "../../rules/samples/quickbooks/invoice.created.json"
};
static const uint8_t file112[] = {
#embed "../../rules/samples/quickbooks/invoice.created.paid.json"
};
static const uint8_t file113[] = {
#embed "../../rules/samples/quickbooks/invoice.created.request.json"
};
static const uint8_t file114[] = {
#embed "../../rules/samples/quickbooks/payment.created.json"
};
static const uint8_t file115[] = {
#embed "../../rules/samples/razorpay/invoice.paid.json"
};
static const uint8_t file116[] = {
#embed "../../rules/samples/razorpay/order.paid.json"
};
static const uint8_t file117[] = {
#embed "../../rules/samples/razorpay/payment.captured.invoice.json"
};
static const uint8_t file118[] = {
#embed "../../rules/samples/razorpay/payment.captured.json"
};
static const uint8_t file119[] = {
#embed "../../rules/samples/razorpay/payment.captured.no-name.json"
};
static const uint8_t file120[] = {
#embed "../../rules/samples/razorpay/payment.failed.json"
};
static const uint8_t file121[] = {
#embed "../../rules/samples/razorpay/payment.failed.no-contact.json"
};
static const uint8_t file122[] = {
#embed "../../rules/samples/razorpay/payment_link.paid.json"
};
static const uint8_t file123[] = {
#embed "../../rules/samples/razorpay/refund.processed.json"
};
static const uint8_t file124[] = {
#embed "../../rules/samples/shiprocket/delivered.json"
};
static const uint8_t file125[] = {
#embed "../../rules/samples/shiprocket/out-for-delivery.json"
};
static const uint8_t file126[] = {
#embed "../../rules/samples/shiprocket/out-for-delivery.request.json"
};
static const uint8_t file127[] = {
#embed "../../rules/samples/shiprocket/return.out-for-delivery.json"
};
static const uint8_t file128[] = {
#embed "../../rules/samples/shiprocket/undelivered.json"
};
static const uint8_t file129[] = {
#embed "../../rules/samples/shopify/checkouts-update.completed.json"
};
static const uint8_t file130[] = {
#embed "../../rules/samples/shopify/checkouts-update.json"
};
static const uint8_t file131[] = {
#embed "../../rules/samples/shopify/fulfillments-create.json"
};
static const uint8_t file132[] = {
#embed "../../rules/samples/shopify/fulfillments-create.untracked.json"
};
static const uint8_t file133[] = {
#embed "../../rules/samples/shopify/fulfillments-update.delivered.json"
};
static const uint8_t file134[] = {
#embed "../../rules/samples/shopify/orders-cancelled.json"
};
static const uint8_t file135[] = {
#embed "../../rules/samples/shopify/orders-create.json"
};
static const uint8_t file136[] = {
#embed "../../rules/samples/shopify/orders-paid.json"
};
static const uint8_t file137[] = {
#embed "../../rules/samples/shopify/orders-paid.no-contact.json"
};
static const uint8_t file138[] = {
#embed "../../rules/samples/shopify/refunds-create.json"
};
static const uint8_t file139[] = {
#embed "../../rules/samples/square/invoice.published.json"
};
static const uint8_t file140[] = {
#embed "../../rules/samples/square/invoice.published.no-phone.json"
};
static const uint8_t file141[] = {
#embed "../../rules/samples/square/payment.approved.json"
};
static const uint8_t file142[] = {
#embed "../../rules/samples/square/payment.completed.json"
};
static const uint8_t file143[] = {
#embed "../../rules/samples/standard-webhooks/invoice.paid.json"
};
static const uint8_t file144[] = {
#embed "../../rules/samples/stripe/charge.refunded.json"
};
static const uint8_t file145[] = {
#embed "../../rules/samples/stripe/checkout.session.async_payment_succeeded.json"
};
static const uint8_t file146[] = {
#embed "../../rules/samples/stripe/checkout.session.completed.json"
};
static const uint8_t file147[] = {
#embed "../../rules/samples/stripe/checkout.session.completed.unpaid.json"
};
static const uint8_t file148[] = {
#embed "../../rules/samples/stripe/customer.subscription.trial_will_end.json"
};
static const uint8_t file149[] = {
#embed "../../rules/samples/stripe/invoice.finalized.json"
};
static const uint8_t file150[] = {
#embed "../../rules/samples/stripe/invoice.paid.json"
};
static const uint8_t file151[] = {
#embed "../../rules/samples/stripe/invoice.paid.zero.json"
};
static const uint8_t file152[] = {
#embed "../../rules/samples/stripe/invoice.payment_failed.json"
};
static const uint8_t file153[] = {
#embed "../../rules/samples/woocommerce/order.created.entities.json"
};
static const uint8_t file154[] = {
#embed "../../rules/samples/woocommerce/order.created.json"
};
static const uint8_t file155[] = {
#embed "../../rules/samples/woocommerce/order.created.on-hold.json"
};
static const uint8_t file156[] = {
#embed "../../rules/samples/woocommerce/order.updated.cancelled.json"
};
static const uint8_t file157[] = {
#embed "../../rules/samples/woocommerce/order.updated.completed.json"
};
static const uint8_t file158[] = {
#embed "../../rules/samples/woocommerce/order.updated.draft.json"
};
static const uint8_t file159[] = {
#embed "../../rules/samples/woocommerce/order.updated.failed.json"
};
static const uint8_t file160[] = {
#embed "../../rules/samples/woocommerce/order.updated.refunded.json"
};
static const uint8_t file161[] = {
#embed "../../rules/samples/xero/bill.approved.json"
};
static const uint8_t file162[] = {
#embed "../../rules/samples/xero/invoice.approved.json"
};
static const uint8_t file163[] = {
#embed "../../rules/samples/xero/invoice.approved.request.json"
};
static const uint8_t file164[] = {
#embed "../../rules/samples/xero/invoice.paid.json"
};
static const uint8_t file165[] = {
#embed "../../rules/samples/zoho-books/creditnote.open.json"
};
static const uint8_t file166[] = {
#embed "../../rules/samples/zoho-books/estimate.sent.json"
};
static const uint8_t file167[] = {
#embed "../../rules/samples/zoho-books/invoice.overdue.json"
};
static const uint8_t file168[] = {
#embed "../../rules/samples/zoho-books/invoice.paid.json"
};
static const uint8_t file169[] = {
#embed "../../rules/samples/zoho-books/invoice.sent.json"
};
static const uint8_t file170[] = {
#embed "../../rules/samples/zoho-books/payment.partial.json"
};
static const uint8_t file171[] = {
#embed "../../rules/samples/zoho-payments/payment.succeeded.json"
};
static const uint8_t file172[] = {
#embed "../../rules/samples/zoho-payments/payment.succeeded.test-mode.json"
};
static const uint8_t file173[] = {
#embed "../../rules/shiprocket.yaml"
};
static const uint8_t file174[] = {
#embed "../../rules/shopify.yaml"
};
static const uint8_t file175[] = {
#embed "../../rules/square.yaml"
};
static const uint8_t file176[] = {
#embed "../../rules/standard-webhooks.yaml"
};
static const uint8_t file177[] = {
#embed "../../rules/stripe.yaml"
};
static const uint8_t file178[] = {
#embed "../../rules/woocommerce.yaml"
};
static const uint8_t file179[] = {
#embed "../../rules/xero.yaml"
};
static const uint8_t file180[] = {
#embed "../../rules/zoho-books.yaml"
};
static const uint8_t file181[] = {
#embed "../../rules/zoho-payments.yaml"
};

static const cstarters_file files[] = {
    {"rules/adobe-commerce.yaml", file0, sizeof file0},
    {"rules/adobe-io.yaml", file1, sizeof file1},
    {"rules/adyen-platform.yaml", file2, sizeof file2},
    {"rules/adyen.yaml", file3, sizeof file3},
    {"rules/alertmanager.yaml", file4, sizeof file4},
    {"rules/bigcommerce.yaml", file5, sizeof file5},
    {"rules/cashfree.yaml", file6, sizeof file6},
    {"rules/cloudevents.yaml", file7, sizeof file7},
    {"rules/erpnext.yaml", file8, sizeof file8},
    {"rules/generic-invoice.yaml", file9, sizeof file9},
    {"rules/generic-order.yaml", file10, sizeof file10},
    {"rules/github.yaml", file11, sizeof file11},
    {"rules/meta.yaml", file12, sizeof file12},
    {"rules/mollie-classic.yaml", file13, sizeof file13},
    {"rules/mollie.yaml", file14, sizeof file14},
    {"rules/odoo.yaml", file15, sizeof file15},
    {"rules/paddle.yaml", file16, sizeof file16},
    {"rules/paypal.yaml", file17, sizeof file17},
    {"rules/paytm.yaml", file18, sizeof file18},
    {"rules/payu.yaml", file19, sizeof file19},
    {"rules/phonepe.yaml", file20, sizeof file20},
    {"rules/quickbooks.yaml", file21, sizeof file21},
    {"rules/razorpay.yaml", file22, sizeof file22},
    {"rules/samples/adobe-commerce/order-placed.download.json", file23, sizeof file23},
    {"rules/samples/adobe-commerce/order-placed.json", file24, sizeof file24},
    {"rules/samples/adobe-io/order.pending.json", file25, sizeof file25},
    {"rules/samples/adobe-io/order.processing.json", file26, sizeof file26},
    {"rules/samples/adyen-platform/transfer.authorised.json", file27, sizeof file27},
    {"rules/samples/adyen-platform/transfer.booked.json", file28, sizeof file28},
    {"rules/samples/adyen-platform/transfer.failed.json", file29, sizeof file29},
    {"rules/samples/adyen/authorisation.enriched.json", file30, sizeof file30},
    {"rules/samples/adyen/authorisation.json", file31, sizeof file31},
    {"rules/samples/adyen/authorisation.refused.json", file32, sizeof file32},
    {"rules/samples/adyen/authorisation.request.json", file33, sizeof file33},
    {"rules/samples/adyen/chargeback.json", file34, sizeof file34},
    {"rules/samples/adyen/refund.failed.json", file35, sizeof file35},
    {"rules/samples/adyen/refund.json", file36, sizeof file36},
    {"rules/samples/alertmanager/firing.json", file37, sizeof file37},
    {"rules/samples/alertmanager/firing.second.json", file38, sizeof file38},
    {"rules/samples/alertmanager/firing.warning.json", file39, sizeof file39},
    {"rules/samples/alertmanager/resolved.json", file40, sizeof file40},
    {"rules/samples/bigcommerce/order.awaiting-payment.json", file41, sizeof file41},
    {"rules/samples/bigcommerce/order.paid.json", file42, sizeof file42},
    {"rules/samples/bigcommerce/order.paid.request.json", file43, sizeof file43},
    {"rules/samples/bigcommerce/order.shipped.json", file44, sizeof file44},
    {"rules/samples/cashfree/payment-failed.json", file45, sizeof file45},
    {"rules/samples/cashfree/payment-link-expired.json", file46, sizeof file46},
    {"rules/samples/cashfree/payment-link-paid.json", file47, sizeof file47},
    {"rules/samples/cashfree/payment-success.json", file48, sizeof file48},
    {"rules/samples/cashfree/payment-user-dropped.json", file49, sizeof file49},
    {"rules/samples/cashfree/refund-status.json", file50, sizeof file50},
    {"rules/samples/cloudevents/invoice.overdue.json", file51, sizeof file51},
    {"rules/samples/cloudevents/invoice.overdue.settled.json", file52, sizeof file52},
    {"rules/samples/erpnext/delivery-note.submitted.json", file53, sizeof file53},
    {"rules/samples/erpnext/payment-entry.submitted.json", file54, sizeof file54},
    {"rules/samples/erpnext/quotation.submitted.json", file55, sizeof file55},
    {"rules/samples/erpnext/sales-invoice.no-mobile.json", file56, sizeof file56},
    {"rules/samples/erpnext/sales-invoice.overdue.json", file57, sizeof file57},
    {"rules/samples/erpnext/sales-invoice.return.json", file58, sizeof file58},
    {"rules/samples/erpnext/sales-invoice.submitted.json", file59, sizeof file59},
    {"rules/samples/erpnext/sales-order.submitted.json", file60, sizeof file60},
    {"rules/samples/generic/order.cancelled.json", file61, sizeof file61},
    {"rules/samples/generic/order.created.json", file62, sizeof file62},
    {"rules/samples/generic/order.created.no-name.json", file63, sizeof file63},
    {"rules/samples/generic/order.delivered.json", file64, sizeof file64},
    {"rules/samples/generic/order.paid.json", file65, sizeof file65},
    {"rules/samples/generic/order.shipped.json", file66, sizeof file66},
    {"rules/samples/generic/order.shipped.no-tracking.json", file67, sizeof file67},
    {"rules/samples/github/release.preview.json", file68, sizeof file68},
    {"rules/samples/github/release.published.json", file69, sizeof file69},
    {"rules/samples/github/workflow_run.branch.json", file70, sizeof file70},
    {"rules/samples/github/workflow_run.failed.json", file71, sizeof file71},
    {"rules/samples/invoices/invoice.cancelled.json", file72, sizeof file72},
    {"rules/samples/invoices/invoice.due.json", file73, sizeof file73},
    {"rules/samples/invoices/invoice.issued.json", file74, sizeof file74},
    {"rules/samples/invoices/invoice.overdue.json", file75, sizeof file75},
    {"rules/samples/invoices/invoice.overdue.paid-meanwhile.json", file76, sizeof file76},
    {"rules/samples/invoices/invoice.paid.json", file77, sizeof file77},
    {"rules/samples/invoices/payment.partial.json", file78, sizeof file78},
    {"rules/samples/meta/lead.json", file79, sizeof file79},
    {"rules/samples/meta/lead.no-phone.json", file80, sizeof file80},
    {"rules/samples/meta/lead.request.json", file81, sizeof file81},
    {"rules/samples/meta/message.json", file82, sizeof file82},
    {"rules/samples/meta/status.json", file83, sizeof file83},
    {"rules/samples/mollie-classic/payment.open.json", file84, sizeof file84},
    {"rules/samples/mollie-classic/payment.paid.json", file85, sizeof file85},
    {"rules/samples/mollie-classic/payment.paid.no-metadata.json", file86, sizeof file86},
    {"rules/samples/mollie-classic/payment.request.form", file87, sizeof file87},
    {"rules/samples/mollie/payment-link.created.json", file88, sizeof file88},
    {"rules/samples/mollie/payment-link.paid.json", file89, sizeof file89},
    {"rules/samples/odoo/lead.created.json", file90, sizeof file90},
    {"rules/samples/odoo/lead.won.json", file91, sizeof file91},
    {"rules/samples/odoo/order.confirmed.json", file92, sizeof file92},
    {"rules/samples/paddle/transaction.completed.json", file93, sizeof file93},
    {"rules/samples/paddle/transaction.completed.trial.json", file94, sizeof file94},
    {"rules/samples/paddle/transaction.payment_failed.json", file95, sizeof file95},
    {"rules/samples/paypal/capture.completed.json", file96, sizeof file96},
    {"rules/samples/paypal/capture.pending.json", file97, sizeof file97},
    {"rules/samples/paypal/dispute.created.json", file98, sizeof file98},
    {"rules/samples/paytm/payment.failed.json", file99, sizeof file99},
    {"rules/samples/paytm/payment.link.json", file100, sizeof file100},
    {"rules/samples/paytm/payment.link.request.form", file101, sizeof file101},
    {"rules/samples/paytm/payment.success.json", file102, sizeof file102},
    {"rules/samples/payu/payment.cancelled.json", file103, sizeof file103},
    {"rules/samples/payu/payment.failed.json", file104, sizeof file104},
    {"rules/samples/payu/payment.success.json", file105, sizeof file105},
    {"rules/samples/payu/payment.success.no-udf.json", file106, sizeof file106},
    {"rules/samples/payu/payment.success.request.form", file107, sizeof file107},
    {"rules/samples/phonepe/checkout.order.completed.json", file108, sizeof file108},
    {"rules/samples/phonepe/checkout.order.pending.json", file109, sizeof file109},
    {"rules/samples/phonepe/refund.failed.json", file110, sizeof file110},
    {"rules/samples/quickbooks/invoice.created.json", file111, sizeof file111},
    {"rules/samples/quickbooks/invoice.created.paid.json", file112, sizeof file112},
    {"rules/samples/quickbooks/invoice.created.request.json", file113, sizeof file113},
    {"rules/samples/quickbooks/payment.created.json", file114, sizeof file114},
    {"rules/samples/razorpay/invoice.paid.json", file115, sizeof file115},
    {"rules/samples/razorpay/order.paid.json", file116, sizeof file116},
    {"rules/samples/razorpay/payment.captured.invoice.json", file117, sizeof file117},
    {"rules/samples/razorpay/payment.captured.json", file118, sizeof file118},
    {"rules/samples/razorpay/payment.captured.no-name.json", file119, sizeof file119},
    {"rules/samples/razorpay/payment.failed.json", file120, sizeof file120},
    {"rules/samples/razorpay/payment.failed.no-contact.json", file121, sizeof file121},
    {"rules/samples/razorpay/payment_link.paid.json", file122, sizeof file122},
    {"rules/samples/razorpay/refund.processed.json", file123, sizeof file123},
    {"rules/samples/shiprocket/delivered.json", file124, sizeof file124},
    {"rules/samples/shiprocket/out-for-delivery.json", file125, sizeof file125},
    {"rules/samples/shiprocket/out-for-delivery.request.json", file126, sizeof file126},
    {"rules/samples/shiprocket/return.out-for-delivery.json", file127, sizeof file127},
    {"rules/samples/shiprocket/undelivered.json", file128, sizeof file128},
    {"rules/samples/shopify/checkouts-update.completed.json", file129, sizeof file129},
    {"rules/samples/shopify/checkouts-update.json", file130, sizeof file130},
    {"rules/samples/shopify/fulfillments-create.json", file131, sizeof file131},
    {"rules/samples/shopify/fulfillments-create.untracked.json", file132, sizeof file132},
    {"rules/samples/shopify/fulfillments-update.delivered.json", file133, sizeof file133},
    {"rules/samples/shopify/orders-cancelled.json", file134, sizeof file134},
    {"rules/samples/shopify/orders-create.json", file135, sizeof file135},
    {"rules/samples/shopify/orders-paid.json", file136, sizeof file136},
    {"rules/samples/shopify/orders-paid.no-contact.json", file137, sizeof file137},
    {"rules/samples/shopify/refunds-create.json", file138, sizeof file138},
    {"rules/samples/square/invoice.published.json", file139, sizeof file139},
    {"rules/samples/square/invoice.published.no-phone.json", file140, sizeof file140},
    {"rules/samples/square/payment.approved.json", file141, sizeof file141},
    {"rules/samples/square/payment.completed.json", file142, sizeof file142},
    {"rules/samples/standard-webhooks/invoice.paid.json", file143, sizeof file143},
    {"rules/samples/stripe/charge.refunded.json", file144, sizeof file144},
    {"rules/samples/stripe/checkout.session.async_payment_succeeded.json", file145, sizeof file145},
    {"rules/samples/stripe/checkout.session.completed.json", file146, sizeof file146},
    {"rules/samples/stripe/checkout.session.completed.unpaid.json", file147, sizeof file147},
    {"rules/samples/stripe/customer.subscription.trial_will_end.json", file148, sizeof file148},
    {"rules/samples/stripe/invoice.finalized.json", file149, sizeof file149},
    {"rules/samples/stripe/invoice.paid.json", file150, sizeof file150},
    {"rules/samples/stripe/invoice.paid.zero.json", file151, sizeof file151},
    {"rules/samples/stripe/invoice.payment_failed.json", file152, sizeof file152},
    {"rules/samples/woocommerce/order.created.entities.json", file153, sizeof file153},
    {"rules/samples/woocommerce/order.created.json", file154, sizeof file154},
    {"rules/samples/woocommerce/order.created.on-hold.json", file155, sizeof file155},
    {"rules/samples/woocommerce/order.updated.cancelled.json", file156, sizeof file156},
    {"rules/samples/woocommerce/order.updated.completed.json", file157, sizeof file157},
    {"rules/samples/woocommerce/order.updated.draft.json", file158, sizeof file158},
    {"rules/samples/woocommerce/order.updated.failed.json", file159, sizeof file159},
    {"rules/samples/woocommerce/order.updated.refunded.json", file160, sizeof file160},
    {"rules/samples/xero/bill.approved.json", file161, sizeof file161},
    {"rules/samples/xero/invoice.approved.json", file162, sizeof file162},
    {"rules/samples/xero/invoice.approved.request.json", file163, sizeof file163},
    {"rules/samples/xero/invoice.paid.json", file164, sizeof file164},
    {"rules/samples/zoho-books/creditnote.open.json", file165, sizeof file165},
    {"rules/samples/zoho-books/estimate.sent.json", file166, sizeof file166},
    {"rules/samples/zoho-books/invoice.overdue.json", file167, sizeof file167},
    {"rules/samples/zoho-books/invoice.paid.json", file168, sizeof file168},
    {"rules/samples/zoho-books/invoice.sent.json", file169, sizeof file169},
    {"rules/samples/zoho-books/payment.partial.json", file170, sizeof file170},
    {"rules/samples/zoho-payments/payment.succeeded.json", file171, sizeof file171},
    {"rules/samples/zoho-payments/payment.succeeded.test-mode.json", file172, sizeof file172},
    {"rules/shiprocket.yaml", file173, sizeof file173},
    {"rules/shopify.yaml", file174, sizeof file174},
    {"rules/square.yaml", file175, sizeof file175},
    {"rules/standard-webhooks.yaml", file176, sizeof file176},
    {"rules/stripe.yaml", file177, sizeof file177},
    {"rules/woocommerce.yaml", file178, sizeof file178},
    {"rules/xero.yaml", file179, sizeof file179},
    {"rules/zoho-books.yaml", file180, sizeof file180},
    {"rules/zoho-payments.yaml", file181, sizeof file181},
};

const cstarters_file *cstarters_list(void) { return files; }

size_t cstarters_count(void) { return sizeof files / sizeof *files; }
