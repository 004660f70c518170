/* Preloaded: while the file that FAULTS names holds a number, sending fails with that errno. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static int fault(void) {
  const char *name = getenv("FAULTS");
  FILE *file = name ? fopen(name, "re") : NULL;
  int number = 0;
  if (file == NULL) return 0;
  if (fscanf(file, "%d", &number) != 1) number = 0;
  fclose(file);
  return number;
}

#define FAIL_IF_TOLD() \
  do { \
    int number = fault(); \
    if (number != 0) { \
      errno = number; \
      return -1; \
    } \
  } while (0)

ssize_t sendto(int fd, const void *data, size_t length, int flags, const struct sockaddr *to, socklen_t to_length) {
  static ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
  FAIL_IF_TOLD();
  if (!real) real = dlsym(RTLD_NEXT, "sendto");
  return real(fd, data, length, flags, to, to_length);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags) {
  static int (*real)(int, struct mmsghdr *, unsigned int, int);
  FAIL_IF_TOLD();
  if (!real) real = dlsym(RTLD_NEXT, "sendmmsg");
  return real(fd, messages, count, flags);
}
