// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// OpenSSL's libcrypto for Swift. Named by its folder, so that nobody needs pkg-config. Everything is called as the headers
// declare it.

#ifndef HOOKLINE_CLIBCRYPTO_SHIM_H
#define HOOKLINE_CLIBCRYPTO_SHIM_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#endif
