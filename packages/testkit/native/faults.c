/*
 * A disk that fails when it is told to. Preloaded into a server (LD_PRELOAD), it looks at a control file, mapped into
 * memory, at each write and flush of a file under the data folder.
 *
 *   FAULTS_DATA     the data folder, absolute, without symbolic links
 *   FAULTS_CONTROL  a file of five 32-bit numbers: see struct control
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_FD 65536

struct control {
  int full;          /* not 0: files cannot grow */
  int flushes;       /* so many flushes of the database's log fail */
  int writes;        /* so many writes of the database's log fail */
  int failed_flushes, failed_writes;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct control *control;
static char data_folder[PATH_MAX];
static size_t data_length;
/* 1: a file under the data folder, 2: the database's log. */
static char kind_of[MAX_FD];

static int (*real_open)(const char *, int, ...);
static int (*real_open64)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

static void start(void) {
  real_open = dlsym(RTLD_NEXT, "open");
  real_open64 = dlsym(RTLD_NEXT, "open64");
  real_openat = dlsym(RTLD_NEXT, "openat");
  real_close = dlsym(RTLD_NEXT, "close");
  real_write = dlsym(RTLD_NEXT, "write");
  real_writev = dlsym(RTLD_NEXT, "writev");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite");
  real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  const char *data = getenv("FAULTS_DATA"), *path = getenv("FAULTS_CONTROL");
  if (!data || !path) return;
  snprintf(data_folder, sizeof data_folder, "%s", data);
  data_length = strlen(data_folder);
  int fd = real_open64(path, O_RDWR | O_CLOEXEC);
  void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (fd < 0 || mapped == MAP_FAILED) abort();
  real_close(fd);
  control = mapped;
}

static void ready(void) { pthread_once(&once, start); }

static int opened(int fd) {
  if (fd < 0 || fd >= MAX_FD) return fd;
  int saved = errno;
  char link[64], path[PATH_MAX];
  kind_of[fd] = 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n > 0 && data_length > 0) {
    path[n] = 0;
    if (strncmp(path, data_folder, data_length) == 0 && path[data_length] == '/')
      kind_of[fd] = n > 4 && strcmp(path + n - 4, "-wal") == 0 ? 2 : 1;
  }
  errno = saved;
  return fd;
}

static int kind(int fd) { return control && fd >= 0 && fd < MAX_FD ? kind_of[fd] : 0; }

/* Takes one of the faults that were ordered. */
static int taken(int *ordered, int *done) {
  int left = __atomic_load_n(ordered, __ATOMIC_SEQ_CST);
  while (left > 0) {
    if (!__atomic_compare_exchange_n(ordered, &left, left - 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) continue;
    __atomic_add_fetch(done, 1, __ATOMIC_SEQ_CST);
    return 1;
  }
  return 0;
}

/* What a write up to this place fails with; 0: it does not. */
static int fault_of_write(int fd, off_t end) {
  int of = kind(fd);
  if (of == 0) return 0;
  if (of == 2 && taken(&control->writes, &control->failed_writes)) return EIO;
  struct stat st;
  if (__atomic_load_n(&control->full, __ATOMIC_SEQ_CST) && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && end > st.st_size)
    return ENOSPC;
  return 0;
}

static int fault_of_flush(int fd) {
  return kind(fd) == 2 && taken(&control->flushes, &control->failed_flushes) ? EIO : 0;
}

#define FAIL_IF(fault)     \
  do {                     \
    int error = (fault);   \
    if (error) {           \
      errno = error;       \
      return -1;           \
    }                      \
  } while (0)

#define MODE_ARGUMENT(flags)                  \
  mode_t mode = 0;                            \
  if ((flags) & (O_CREAT | __O_TMPFILE)) {    \
    va_list list;                             \
    va_start(list, flags);                    \
    mode = va_arg(list, mode_t);              \
    va_end(list);                             \
  }

int open(const char *path, int flags, ...) {
  MODE_ARGUMENT(flags)
  ready();
  return opened(real_open(path, flags, mode));
}

int open64(const char *path, int flags, ...) {
  MODE_ARGUMENT(flags)
  ready();
  return opened(real_open64(path, flags, mode));
}

int openat(int folder, const char *path, int flags, ...) {
  MODE_ARGUMENT(flags)
  ready();
  return opened(real_openat(folder, path, flags, mode));
}

int close(int fd) {
  ready();
  if (fd >= 0 && fd < MAX_FD) kind_of[fd] = 0;
  return real_close(fd);
}

ssize_t write(int fd, const void *bytes, size_t size) {
  ready();
  if (kind(fd)) FAIL_IF(fault_of_write(fd, lseek(fd, 0, SEEK_CUR) + (off_t)size));
  return real_write(fd, bytes, size);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  ready();
  size_t size = 0;
  for (int i = 0; i < count; i++) size += parts[i].iov_len;
  if (kind(fd)) FAIL_IF(fault_of_write(fd, lseek(fd, 0, SEEK_CUR) + (off_t)size));
  return real_writev(fd, parts, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  ready();
  FAIL_IF(fault_of_write(fd, at + (off_t)size));
  return real_pwrite(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  ready();
  FAIL_IF(fault_of_write(fd, at + (off_t)size));
  return real_pwrite64(fd, bytes, size, at);
}

int fsync(int fd) {
  ready();
  FAIL_IF(fault_of_flush(fd));
  return real_fsync(fd);
}

int fdatasync(int fd) {
  ready();
  FAIL_IF(fault_of_flush(fd));
  return real_fdatasync(fd);
}
