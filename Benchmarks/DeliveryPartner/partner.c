// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "partner.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { room = 16 << 10, most_events = 256 };

struct connection {
    int socket;
    size_t length;
    char bytes[room];
};

static const char answer[] =
    "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 131\r\n\r\n"
    "{\"success\":true,\"data\":{\"id\":\"wamid.0000000000\",\"status\":\"ACCEPTED\","
    "\"message\":\"Message received and being sent to the recipient.\"}}";

static int listener = -1, waiter = -1;
static pthread_t thread;

static void watch(int socket, void *what) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};
    epoll_ctl(waiter, EPOLL_CTL_ADD, socket, &event);
}

// Answers the whole requests at the start of the buffer; -1 when the connection is of no use any more.
static int serve(struct connection *connection) {
    size_t done = 0;
    while (done < connection->length) {
        char *start = connection->bytes + done;
        size_t left = connection->length - done;
        char *end = memmem(start, left, "\r\n\r\n", 4);
        if (!end) break;
        char *field = memmem(start, (size_t)(end - start), "Content-Length: ", 16);
        size_t whole = (size_t)(end - start) + 4 + (field ? strtoul(field + 16, NULL, 10) : 0);
        if (whole > room) return -1;
        if (left < whole) break;
        done += whole;
        if (memmem(start, 16, " /hang", 6)) continue;
        if (send(connection->socket, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) return -1;
    }
    memmove(connection->bytes, connection->bytes + done, connection->length - done);
    connection->length -= done;
    return connection->length == room ? -1 : 0;
}

static void take(struct connection *connection) {
    ssize_t count = recv(connection->socket, connection->bytes + connection->length, room - connection->length, 0);
    if (count > 0) {
        connection->length += (size_t)count;
        if (serve(connection) == 0) return;
    }
    close(connection->socket);
    free(connection);
}

static void *run(void *nothing) {
    struct epoll_event events[most_events];
    for (;;) {
        int count = epoll_wait(waiter, events, most_events, -1);
        for (int index = 0; index < count; index++) {
            if (events[index].data.ptr) {
                take(events[index].data.ptr);
                continue;
            }
            int socket = accept(listener, NULL, NULL), on = 1;
            struct connection *connection = socket < 0 ? NULL : calloc(1, sizeof *connection);
            if (!connection) continue;
            setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            connection->socket = socket;
            watch(socket, connection);
        }
    }
    return nothing;
}

int partner_start(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    waiter = epoll_create1(EPOLL_CLOEXEC);
    if (listener < 0 || waiter < 0 || bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1024) ||
        getsockname(listener, (struct sockaddr *)&address, &length))
        return -1;
    watch(listener, NULL);
    return pthread_create(&thread, NULL, run, NULL) ? -1 : ntohs(address.sin_port);
}

double partner_processor_seconds(void) {
    clockid_t clock;
    struct timespec time;
    if (pthread_getcpuclockid(thread, &clock) || clock_gettime(clock, &time)) return 0;
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}
