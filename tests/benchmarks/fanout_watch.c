/* Holds many viewers in one thread (epoll), so that the client costs less than what it measures.
 *
 * fanout_watch PORT EVENTS MARKER PATHS TIMES
 * PATHS: a file with the path of one viewer for each line. Says "ready SECONDS" when each has got its first
 * snapshot. Then writes into TIMES, for each of EVENTS events that start with MARKER and for each viewer,
 * when it was read (CLOCK_MONOTONIC, seconds, doubles; 0 for never), and says "done".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LONGEST 400
#define AT_ONCE 512
#define IDLE_MS 15000
#define TAIL 64

struct viewer {
    int fd, asked, is_ready, heard, kept;
    char tail[TAIL];
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static int port, wanted, count, ready, opened;
static const char *marker;
static char (*paths)[LONGEST];
static struct viewer *viewers;
static double *times;
static long left;
static char buffer[1 << 16];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void open_one(int poll) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct viewer *v = &viewers[opened];
    v->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (v->fd < 0) fail("socket");
    if (connect(v->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) fail("connect");
    struct epoll_event event = {.events = EPOLLOUT, .data.u32 = opened};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, v->fd, &event)) fail("epoll_ctl");
    opened++;
}

static void ask(int poll, struct viewer *v, unsigned number) {
    char request[LONGEST + 100];
    int size = snprintf(request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n", paths[number]);
    if (write(v->fd, request, size) != size) fail("write");
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = number};
    if (epoll_ctl(poll, EPOLL_CTL_MOD, v->fd, &event)) fail("epoll_ctl");
    v->asked = 1;
}

/* Events may be cut anywhere: the end of what was read stays for the next time. */
static void read_one(struct viewer *v, unsigned number) {
    memcpy(buffer, v->tail, v->kept);
    int got = read(v->fd, buffer + v->kept, sizeof buffer - v->kept - 1);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) fail("A viewer was cut off");
    char *at = buffer, *end = buffer + v->kept + got;
    *end = 0;
    double moment = now();
    if (!v->is_ready) {
        char *first = strstr(at, "event: snapshot");
        if (!first && strncmp(buffer, "HTTP/1.1 200", 12) && v->kept == 0) { fprintf(stderr, "%.200s\n", buffer); exit(1); }
        if (first) { v->is_ready = 1; ready++; at = first + 15; }
    }
    if (v->is_ready) {
        for (char *hit; (hit = strstr(at, marker)); at = hit + strlen(marker))
            if (v->heard < wanted) { times[(long)v->heard++ * count + number] = moment; left--; }
    }
    v->kept = end - at < TAIL ? end - at : TAIL - 1;
    if (v->kept >= (int)strlen(marker)) v->kept = strlen(marker) - 1;
    memcpy(v->tail, end - v->kept, v->kept);
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    port = atoi(argv[1]), wanted = atoi(argv[2]), marker = argv[3];
    FILE *list = fopen(argv[4], "r");
    if (!list) fail(argv[4]);
    paths = malloc(20000L * LONGEST);
    while (count < 20000 && fgets(paths[count], LONGEST, list)) paths[count][strcspn(paths[count], "\n")] = 0, count++;
    viewers = calloc(count, sizeof *viewers);
    times = calloc((long)count * wanted, sizeof *times);
    left = (long)count * wanted;
    int poll = epoll_create1(0), said = 0;
    double started = now();
    struct epoll_event events[1024];
    while (left > 0) {
        while (opened < count && opened - ready < AT_ONCE) open_one(poll);
        int found = epoll_wait(poll, events, 1024, IDLE_MS);
        if (found == 0) break;
        for (int i = 0; i < found; i++) {
            unsigned number = events[i].data.u32;
            struct viewer *v = &viewers[number];
            if (!v->asked) ask(poll, v, number);
            else read_one(v, number);
        }
        if (ready == count && !said) said = 1, printf("ready %f\n", now() - started), fflush(stdout);
    }
    FILE *out = fopen(argv[5], "wb");
    if (!out || fwrite(times, sizeof *times, (long)count * wanted, out) != (size_t)((long)count * wanted)) fail(argv[5]);
    fclose(out);
    puts("done");
    return 0;
}
