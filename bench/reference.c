/*
 * The yardstick: one thread, epoll, no library. Opens WebSockets and slow requests, at most 256 under way, from fresh
 * loopback addresses, holds them and follows each to its end. Usage: reference <port> <websockets> <requests>
 * Prints "begun <ns>", "open <ns>" and "over <ns> <accounted>", times of CLOCK_MONOTONIC.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 256, A_SOURCE = 500, A_KNOCK = 64 };
struct member { int fd; char websocket, stands, ended, upgraded; };

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int port = atoi(argv[1]), websockets = atoi(argv[2]), total = websockets + atoi(argv[3]);
  struct rlimit files = {total + 100, total + 100};
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) getrlimit(RLIMIT_NOFILE, &files);
  srand((unsigned)(now() ^ getpid()));
  int second = 16 + rand() % 230, third = rand() % 256;
  const char *handshake = "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const char *request = "GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const char *question = "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  struct member *members = calloc((size_t)total, sizeof *members);
  int poll = epoll_create1(0), opened = 0, under_way = 0, standing = 0, ended = 0, announced = 0;
  /* Requests that may still be in the queue, and those that are known to be taken when this one is answered. */
  int sent = 0, knock = -1, asked = 0, before = 0;
  struct epoll_event events[1024];
  char buffer[65536];
  printf("begun %lld\n", now());
  fflush(stdout);
  while (ended < total) {
    while (opened < total && under_way < AT_ONCE) {
      struct member *one = &members[opened];
      struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
      from.sin_addr.s_addr = htonl(0x7f000000u | (unsigned)second << 16 | (unsigned)third << 8 | (unsigned)(1 + opened / A_SOURCE));
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      one->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      one->websocket = opened < websockets;
      if (one->fd < 0 || bind(one->fd, (struct sockaddr *)&from, sizeof from) != 0) return perror("socket"), 1;
      if (connect(one->fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) return perror("connect"), 1;
      struct epoll_event want = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = (unsigned)opened};
      epoll_ctl(poll, EPOLL_CTL_ADD, one->fd, &want);
      opened++, under_way++;
    }
    /* A server takes connections in their order: one that it answers comes after all those before it. */
    if (knock < 0 && sent > 0 && (sent >= A_KNOCK || sent == under_way)) {
      struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      knock = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      if (connect(knock, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) return perror("connect"), 1;
      struct epoll_event want = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = (unsigned)total};
      epoll_ctl(poll, EPOLL_CTL_ADD, knock, &want);
      before = sent, sent = 0, asked = 0;
    }
    int count = epoll_wait(poll, events, 1024, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.u32 == (unsigned)total) {
        if ((events[i].events & EPOLLOUT) && !asked) asked = write(knock, question, strlen(question)) > 0;
        if (!(events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) continue;
        close(knock);
        knock = -1, standing += before, under_way -= before, before = 0;
        continue;
      }
      struct member *one = &members[events[i].data.u32];
      if (one->ended) continue;
      if ((events[i].events & EPOLLOUT) && !one->upgraded) {
        const char *text = one->websocket ? handshake : request;
        one->upgraded = 1;
        if (write(one->fd, text, strlen(text)) < 0) perror("write");
        if (!one->websocket) sent++;
      }
      if (!(events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) continue;
      for (;;) {
        ssize_t got = read(one->fd, buffer, sizeof buffer);
        if (got < 0 && errno == EAGAIN) break;
        if (got <= 0) {
          close(one->fd);
          one->ended = 1, ended++;
          break;
        }
        if (one->websocket && !one->stands) one->stands = 1, standing++, under_way--;
        else if (one->websocket && (buffer[0] & 0x0f) == 8) {
          char reply[8] = {(char)0x88, (char)0x82, 0, 0, 0, 0, 3, (char)0xe9};
          if (write(one->fd, reply, sizeof reply) < 0) perror("write");
        }
      }
    }
    if (standing == total && !announced) {
      announced = 1;
      printf("open %lld\n", now());
      fflush(stdout);
    }
  }
  printf("over %lld %d\n", now(), ended);
  return 0;
}
