// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// libcurl for Swift, and what its thread waits on: Swift's Glibc module leaves out epoll and event files. Only what
// Swift cannot call stands here: variadic functions, one wrapper for each type that is passed through the dots.
// Everything else is called as the headers declare it.

#ifndef HOOKLINE_CCURL_SHIM_H
#define HOOKLINE_CCURL_SHIM_H

#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

typedef size_t (*hookline_write_callback)(char *buffer, size_t size, size_t count, void *context);
typedef int (*hookline_prereq_callback)(
    void *context, char *remote_ip, char *local_ip, int remote_port, int local_port);

static inline CURLcode hookline_setopt_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode hookline_setopt_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode hookline_setopt_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode hookline_setopt_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

// Copies as many bytes as CURLOPT_POSTFIELDSIZE_LARGE said before.
static inline CURLcode hookline_setopt_body(CURL *easy, const void *value) {
    return curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, value == NULL ? "" : value);
}

static inline CURLcode hookline_setopt_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode hookline_setopt_write(CURL *easy, CURLoption option, hookline_write_callback value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode hookline_setopt_prereq(CURL *easy, hookline_prereq_callback value) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, value);
}

static inline CURLcode hookline_setopt_opensocket(CURL *easy, curl_opensocket_callback value) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}

static inline CURLcode hookline_getinfo_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode hookline_getinfo_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode hookline_getinfo_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode hookline_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode hookline_multi_setopt_socket(CURLM *multi, curl_socket_callback value, void *context) {
    CURLMcode result = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    return result == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, value) : result;
}

static inline CURLMcode hookline_multi_setopt_timer(CURLM *multi, curl_multi_timer_callback value, void *context) {
    CURLMcode result = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return result == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, value) : result;
}

// The result of a finished transfer stands in a union, which Swift would import as unsafe storage.
static inline CURLcode hookline_message_result(const CURLMsg *message) {
    return message->data.result;
}

#endif
