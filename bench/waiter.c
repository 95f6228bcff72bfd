/* Tells when a process ends, by the kernel itself. Usage: waiter <pid>; prints the time of CLOCK_MONOTONIC in nanoseconds. */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/resource.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  /* The truth must not wait for its turn; without the privilege it may be a little late. */
  setpriority(PRIO_PROCESS, 0, -20);
  struct pollfd one = {.fd = (int)syscall(SYS_pidfd_open, atoi(argv[1]), 0), .events = POLLIN};
  if (one.fd < 0 || poll(&one, 1, -1) < 0) return perror("pidfd"), 1;
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  printf("%lld\n", t.tv_sec * 1000000000LL + t.tv_nsec);
  return 0;
}
