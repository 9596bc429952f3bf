// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// OpenSSL's TLS for Swift. Named by its folder, so that nobody needs pkg-config. Only what Swift does not import stands
// here: macros, stacks, and the callbacks of a context.

#ifndef HOOKLINE_CLIBSSL_SHIM_H
#define HOOKLINE_CLIBSSL_SHIM_H

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// A client that names protocols has to name HTTP/1.1; one that names none is served so (RFC 7301, section 3.2).
static inline int hookline_tls_choose_protocol(
    SSL *ssl, const unsigned char **chosen, unsigned char *length, const unsigned char *offered, unsigned int count,
    void *context
) {
    static const unsigned char ours[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    (void)ssl;
    (void)context;
    int found = SSL_select_next_proto((unsigned char **)chosen, length, ours, sizeof ours, offered, count);
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// What all connections of a listener are held to; NULL when OpenSSL does not have it.
//
// The lists are Mozilla's "intermediate", without finite-field Diffie-Hellman. No session is resumed: neither a ticket's key
// nor a session is kept that could open what was recorded.
static inline SSL_CTX *hookline_tls_context(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL) return NULL;
    SSL_CTX_set_security_level(context, 2);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, hookline_tls_choose_protocol, NULL);
    int isSet = SSL_CTX_set_num_tickets(context, 0) && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)
        && SSL_CTX_set_ciphersuites(
            context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256")
        && SSL_CTX_set_cipher_list(
            context,
            "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
            "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
            "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305")
        && SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384");
    if (isSet) return context;
    SSL_CTX_free(context);
    return NULL;
}

// Without it OpenSSL would ask for a passphrase on the terminal.
static inline int hookline_no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

// The next certificate of a text; NULL when there is none, or none that can be read.
static inline X509 *hookline_read_certificate(BIO *text) {
    return PEM_read_bio_X509(text, NULL, hookline_no_passphrase, NULL);
}

static inline EVP_PKEY *hookline_read_key(BIO *text) {
    return PEM_read_bio_PrivateKey(text, NULL, hookline_no_passphrase, NULL);
}

// Whether the last error says no more than that a text has no more of what was looked for.
static inline int hookline_found_nothing_more(void) {
    unsigned long error = ERR_peek_last_error();
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

static inline STACK_OF(X509) *hookline_new_chain(void) { return sk_X509_new_null(); }

// Takes the certificate, unless there is no memory.
static inline int hookline_chain_append(STACK_OF(X509) *chain, X509 *certificate) {
    return sk_X509_push(chain, certificate) > 0;
}

static inline void hookline_free_chain(STACK_OF(X509) *chain) { sk_X509_pop_free(chain, X509_free); }

static inline GENERAL_NAMES *hookline_names(const X509 *certificate) {
    return X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

static inline int hookline_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }

// The bytes of one name, and whether they are an address; NULL for names of other kinds.
static inline const unsigned char *hookline_name(const GENERAL_NAMES *names, int index, int *length, int *isAddress) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    *isAddress = name->type == GEN_IPADD;
    if (name->type != GEN_DNS && name->type != GEN_IPADD) return NULL;
    const ASN1_STRING *text = name->type == GEN_DNS ? name->d.dNSName : name->d.iPAddress;
    *length = ASN1_STRING_length(text);
    return ASN1_STRING_get0_data(text);
}

static inline void hookline_free_names(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }

// A store of bytes that says "later" when it is empty, and not that it has ended.
static inline BIO *hookline_new_bytes(void) {
    BIO *bytes = BIO_new(BIO_s_mem());
    if (bytes != NULL) BIO_set_mem_eof_return(bytes, -1);
    return bytes;
}

// How many bytes wait in it.
static inline size_t hookline_bytes_waiting(BIO *bytes) { return BIO_ctrl_pending(bytes); }

#endif
