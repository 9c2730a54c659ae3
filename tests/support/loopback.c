/* loopback.c  The scripted server. What comes back is written by wire.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/loopback.h"
#include "tests/support/certificate.h"
#include "tests/support/support.h"
#include "tests/support/wire.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 512, MOST_REQUESTS = 8192, MOST_HEAD = 1 << 17, URL_SIZE = 256, N_URLS = 4 };

typedef struct record {
    pgt_received shown;
    char *head, *body;
} record;

typedef struct connection {
    pgt_server *server;
    size_t number;
    pthread_t thread;
    pgt_wire wire; /* fd guarded by the server's mutex; -1: closed */
    char head[MOST_HEAD + 1];
    size_t n; /* bytes in head */
} connection;

struct pgt_server {
    pgt_script script;
    pthread_mutex_t mutex; /* guards what follows down to `listener` */
    record *requests[MOST_REQUESTS];
    connection *connections[MOST_CONNECTIONS];
    size_t n_requests, n_connections;
    _Atomic bool stop;
    int listener, port;
    pthread_t thread;
    double began;
    SSL_CTX *tls;
    char *folder;
    char authority[URL_SIZE];
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- requests ---- */

/* Read one request: head and body, to be freed as a record. NULL: the connection ended. */
static record *read_request(connection *c)
{
    char *end;
    c->head[c->n] = '\0';
    while ((end = strstr(c->head, "\r\n\r\n")) == NULL) {
        const long got = c->n == MOST_HEAD ? 0 : pgt_wire_get(&c->wire, c->head + c->n, MOST_HEAD - c->n);
        if (got <= 0) return NULL;
        c->n += (size_t)got;
        c->head[c->n] = '\0';
    }
    const size_t n_head = (size_t)(end - c->head) + 4;
    record *r = calloc(1, sizeof *r);
    r->head = strndup(c->head, n_head - 2);
    const char *length = NULL;
    for (const char *line = r->head; length == NULL && (line = strstr(line, "\r\n")) != NULL; line += 2)
        if (strncasecmp(line + 2, "Content-Length:", 15) == 0) length = line + 17;
    r->shown.n_body = length == NULL ? 0 : strtoul(length, NULL, 10);
    r->body = calloc(r->shown.n_body + 1, 1);
    size_t n = c->n - n_head < r->shown.n_body ? c->n - n_head : r->shown.n_body;
    memcpy(r->body, c->head + n_head, n);
    c->n -= n_head + n;
    memmove(c->head, c->head + n_head + n, c->n);
    while (n < r->shown.n_body) {
        const long got = pgt_wire_get(&c->wire, r->body + n, r->shown.n_body - n);
        if (got <= 0) break; /* seen by the test as a body that is shorter */
        n += (size_t)got;
    }
    return r;
}

/* Cut the head into words, in place. */
static void split_head(record *r)
{
    char *rest = NULL, *line = strtok_r(r->head, "\r\n", &rest), *words = NULL;
    pgt_received *shown = &r->shown;
    shown->body = r->body;
    shown->method = strtok_r(line, " ", &words);
    char *path = strtok_r(NULL, " ", &words), *mark = path == NULL ? NULL : strchr(path, '?');
    shown->path = path == NULL ? "" : path;
    shown->query = mark == NULL ? "" : mark + 1;
    if (mark != NULL) *mark = '\0';
    while ((line = strtok_r(NULL, "\r\n", &rest)) != NULL && shown->n_headers < PGT_MOST_HEADERS) {
        char *colon = strchr(line, ':');
        if (colon == NULL) continue;
        *colon = '\0';
        shown->names[shown->n_headers] = line;
        shown->values[shown->n_headers++] = colon + 1 + strspn(colon + 1, " \t");
    }
}

static pgt_answer note_request(connection *c, record *r)
{
    pgt_server *s = c->server;
    pgt_answer answer = { .how = PGT_CLOSE };
    split_head(r);
    pthread_mutex_lock(&s->mutex);
    r->shown.time = now() - s->began;
    r->shown.connection = c->number;
    const size_t i = s->n_requests < MOST_REQUESTS ? s->n_requests++ : MOST_REQUESTS - 1;
    if (s->requests[i] == NULL) s->requests[i] = r;
    if (s->script.respond != NULL)
        answer = s->script.respond(s->script.user, &r->shown);
    else if (s->script.n > 0)
        answer = s->script.answers[i < s->script.n ? i : s->script.n - 1];
    pthread_mutex_unlock(&s->mutex);
    return answer;
}

static void close_connection(connection *c)
{
    pthread_mutex_lock(&c->server->mutex);
    SSL_free(c->wire.ssl);
    close(c->wire.fd);
    c->wire.fd = -1;
    pthread_mutex_unlock(&c->server->mutex);
}

static void block_pipe_signal(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void *serve(void *user)
{
    connection *c = user;
    record *r;
    bool open = true;
    setsockopt(c->wire.fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    block_pipe_signal(); /* SSL_write() raises it */
    if (c->server->tls != NULL) {
        c->wire.ssl = SSL_new(c->server->tls);
        SSL_set_fd(c->wire.ssl, c->wire.fd);
        open = SSL_accept(c->wire.ssl) == 1;
    }
    while (open && !c->server->stop && (r = read_request(c)) != NULL) {
        const pgt_answer answer = note_request(c, r);
        open = pgt_wire_answer(&c->wire, &answer);
    }
    close_connection(c);
    return NULL;
}

/* ---- the server ---- */

static void *accept_all(void *user)
{
    pgt_server *s = user;
    int fd;
    while (!s->stop && (fd = accept(s->listener, NULL, NULL)) >= 0) {
        pthread_mutex_lock(&s->mutex);
        connection *c = s->n_connections < MOST_CONNECTIONS && !s->stop ? calloc(1, sizeof *c) : NULL;
        if (c == NULL) {
            close(fd);
        } else {
            c->server = s;
            c->wire = (pgt_wire){ .fd = fd, .stop = &s->stop };
            c->number = s->n_connections;
            s->connections[s->n_connections++] = c;
            pthread_create(&c->thread, NULL, serve, c);
        }
        pthread_mutex_unlock(&s->mutex);
    }
    return NULL;
}

pgt_server *pgt_server_new(const pgt_script *script)
{
    pgt_server *s = calloc(1, sizeof *s);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof address;
    assert_non_null(s);
    s->script = *script;
    s->began = now();
    pthread_mutex_init(&s->mutex, NULL);
    if (script->tls != PGT_PLAIN) {
        s->folder = pgt_new_folder();
        snprintf(s->authority, sizeof s->authority, "%s", pgt_path(s->folder, "authority.pem"));
        s->tls = pgt_certificate_server(script->tls, s->authority);
    }
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&address, n), 0);
    assert_int_equal(listen(s->listener, 128), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&address, &n), 0);
    s->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, accept_all, s), 0);
    return s;
}

void pgt_server_free(pgt_server *s)
{
    if (s == NULL) return;
    s->stop = true;
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->listener);
    pthread_mutex_lock(&s->mutex);
    for (size_t i = 0; i < s->n_connections; i++)
        if (s->connections[i]->wire.fd >= 0) shutdown(s->connections[i]->wire.fd, SHUT_RDWR);
    pthread_mutex_unlock(&s->mutex);
    for (size_t i = 0; i < s->n_connections; i++) {
        pthread_join(s->connections[i]->thread, NULL);
        free(s->connections[i]);
    }
    for (size_t i = 0; i < s->n_requests; i++) {
        free(s->requests[i]->head);
        free(s->requests[i]->body);
        free(s->requests[i]);
    }
    if (s->tls != NULL) SSL_CTX_free(s->tls);
    if (s->folder != NULL) pgt_remove_folder(s->folder);
    pthread_mutex_destroy(&s->mutex);
    free(s);
}

const char *pgt_server_url(const pgt_server *s, const char *path)
{
    static char urls[N_URLS][URL_SIZE];
    static size_t next;
    char *url = urls[next++ % N_URLS];
    snprintf(url, URL_SIZE, "%s://127.0.0.1:%d%s", s->tls != NULL ? "https" : "http", s->port, path);
    return url;
}

const char *pgt_server_authority(const pgt_server *s)
{
    return s->authority[0] == '\0' ? NULL : s->authority;
}

size_t pgt_server_n_requests(pgt_server *s)
{
    pthread_mutex_lock(&s->mutex);
    const size_t n = s->n_requests;
    pthread_mutex_unlock(&s->mutex);
    return n;
}

const pgt_received *pgt_server_request(pgt_server *s, size_t i)
{
    assert_true(i < pgt_server_n_requests(s));
    return &s->requests[i]->shown;
}

const char *pgt_received_header(const pgt_received *request, const char *name)
{
    for (size_t i = 0; i < request->n_headers; i++)
        if (strcasecmp(request->names[i], name) == 0) return request->values[i];
    return NULL;
}
