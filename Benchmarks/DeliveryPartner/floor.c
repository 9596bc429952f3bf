// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

#include "partner.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static size_t ignore(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    (void)context;
    return size * count;
}

static CURL *request(const char *url, struct curl_slist *headers, const char *body, size_t length) {
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)length);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30000L);
    return easy;
}

// Begins the next request on the handle, or lets the handle go when there is none.
static void next(CURLM *multi, CURL *easy, long *started, long total) {
    if (*started < total) {
        curl_multi_add_handle(multi, easy);
        *started += 1;
    } else {
        curl_easy_cleanup(easy);
    }
}

struct floor_result floor_run(const char *url, int parallel, long total, const char *body, size_t length) {
    struct floor_result result = {0, 0};
    struct curl_slist *headers = NULL;
    const char *lines[] = {"apiKey: benchmark-key", "apiSecret: benchmark-secret", "Content-Type: application/json",
                           "Accept: application/json", "Expect:"};
    for (size_t index = 0; index < sizeof lines / sizeof *lines; index++)
        headers = curl_slist_append(headers, lines[index]);
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)parallel);
    long started = 0, done = 0;
    double begin = now();
    for (int index = 0; index < parallel; index++) next(multi, request(url, headers, body, length), &started, total);
    while (done < total) {
        int running, left, any = 0;
        curl_multi_perform(multi, &running);
        for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL *easy = message->easy_handle;
            long status = 0;
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
            if (message->data.result || status != 201) result.failed++;
            done++;
            any = 1;
            curl_multi_remove_handle(multi, easy);
            next(multi, easy, &started, total);
        }
        if (!any && done < total) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    result.seconds = now() - begin;
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    return result;
}
