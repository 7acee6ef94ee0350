/*
 * A disk that forgets what was not flushed. Preloaded into a server (LD_PRELOAD), it keeps, beside the data folder, a
 * shadow folder with what a power cut would leave: file contents as of their last fsync or fdatasync, names as of their
 * folder's last fsync (a file's own fsync also makes its present name last, as on ext4, xfs and btrfs).
 *
 *   SHADOW_DATA            the data folder, absolute, without symbolic links
 *   SHADOW_COPY            the shadow folder; must hold a copy of the data folder when the process starts
 *   SHADOW_FLUSH_DELAY_US  each flush of a file takes this long in addition, as on a slow disk
 *
 * Without SHADOW_COPY only the delay is at work. SQLite's -shm files are never durable and are passed over; its mapped
 * database pages are only read. What is written through other calls than the ones below is not seen.
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
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_FD 65536
#define MAX_RANGES 4096
#define MAX_NAMES 256

struct range { off_t from, to; };

/* One file under the data folder, however many descriptors it has. */
struct file {
  dev_t dev;
  ino_t ino;
  int count;
  struct range dirty[MAX_RANGES];
  struct file *next;
};

/* A name that is gone (or was given to another file) and will be so in the shadow after its folder's next fsync. */
struct name_change { char folder[PATH_MAX], from[PATH_MAX], to[PATH_MAX]; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct file *files;
static struct file *by_fd[MAX_FD];
static struct name_change changes[MAX_NAMES];
static int change_count;
static char data_folder[PATH_MAX], copy_folder[PATH_MAX];
static size_t data_length;
static unsigned delay_us;

static int (*real_open)(const char *, int, ...);
static int (*real_open64)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_ftruncate64)(int, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_unlink)(const char *);
static int (*real_unlinkat)(int, const char *, int);
static int (*real_rename)(const char *, const char *);

static void start(void) {
  real_open = dlsym(RTLD_NEXT, "open");
  real_open64 = dlsym(RTLD_NEXT, "open64");
  real_openat = dlsym(RTLD_NEXT, "openat");
  real_close = dlsym(RTLD_NEXT, "close");
  real_write = dlsym(RTLD_NEXT, "write");
  real_writev = dlsym(RTLD_NEXT, "writev");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite");
  real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
  real_ftruncate64 = dlsym(RTLD_NEXT, "ftruncate64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_unlinkat = dlsym(RTLD_NEXT, "unlinkat");
  real_rename = dlsym(RTLD_NEXT, "rename");
  const char *data = getenv("SHADOW_DATA"), *copy = getenv("SHADOW_COPY"), *delay = getenv("SHADOW_FLUSH_DELAY_US");
  if (data) snprintf(data_folder, sizeof data_folder, "%s", data);
  if (copy) snprintf(copy_folder, sizeof copy_folder, "%s", copy);
  if (delay) delay_us = (unsigned)strtoul(delay, NULL, 10);
  data_length = strlen(data_folder);
}

static void ready(void) { pthread_once(&once, start); }

/* Ends the process: a shadow that may be wrong must not be judged by. */
static void give_up(const char *what) {
  char text[256];
  int n = snprintf(text, sizeof text, "shadow: %s: %s\n", what, strerror(errno));
  if (n > 0) (void)!real_write(2, text, (size_t)n);
  abort();
}

/* The part of a path behind the data folder, with its slash; NULL for other files. */
static const char *inside(const char *path) {
  if (data_length == 0 || strncmp(path, data_folder, data_length) != 0) return NULL;
  if (path[data_length] != '/' && path[data_length] != 0) return NULL;
  return path + data_length;
}

static int is_shared_memory(const char *path) {
  size_t length = strlen(path);
  return length > 4 && strcmp(path + length - 4, "-shm") == 0;
}

/* The absolute path behind a descriptor (or AT_FDCWD) and a name below it. */
static int path_at(int folder, const char *name, char *out) {
  if (name[0] == '/') return snprintf(out, PATH_MAX, "%s", name) < PATH_MAX;
  char base[PATH_MAX], link[64];
  if (folder == AT_FDCWD) {
    if (!getcwd(base, sizeof base)) return 0;
  } else {
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t n = readlink(link, base, sizeof base - 1);
    if (n < 0) return 0;
    base[n] = 0;
  }
  return snprintf(out, PATH_MAX, "%s/%s", base, name) < PATH_MAX;
}

static int path_of(int fd, char *out) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, out, PATH_MAX - 1);
  if (n < 0) return 0;
  out[n] = 0;
  return strstr(out, " (deleted)") == NULL;
}

static struct file *file_of(int fd) {
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return NULL;
  for (struct file *f = files; f; f = f->next)
    if (f->dev == st.st_dev && f->ino == st.st_ino) return f;
  struct file *f = calloc(1, sizeof *f);
  if (!f) give_up("memory");
  f->dev = st.st_dev;
  f->ino = st.st_ino;
  f->next = files;
  files = f;
  return f;
}

/* Remembers a descriptor that was opened under the data folder. */
static int opened(int fd, int flags) {
  if (fd < 0 || fd >= MAX_FD) return fd;
  by_fd[fd] = NULL;
  if (!copy_folder[0] || (flags & O_DIRECTORY)) return fd;
  int saved = errno;
  char path[PATH_MAX];
  if (path_of(fd, path) && inside(path) && !is_shared_memory(path)) {
    pthread_mutex_lock(&lock);
    by_fd[fd] = file_of(fd);
    pthread_mutex_unlock(&lock);
  }
  errno = saved;
  return fd;
}

static void mark(struct file *f, off_t from, off_t to) {
  if (to <= from) return;
  if (f->count > 0 && f->dirty[f->count - 1].to == from) {
    f->dirty[f->count - 1].to = to;
    return;
  }
  if (f->count == MAX_RANGES) {
    for (int i = 0; i < f->count; i++) {
      if (f->dirty[i].from < from) from = f->dirty[i].from;
      if (f->dirty[i].to > to) to = f->dirty[i].to;
    }
    f->count = 0;
  }
  f->dirty[f->count++] = (struct range){from, to};
}

static void written(int fd, ssize_t n, off_t from) {
  if (n <= 0 || fd < 0 || fd >= MAX_FD) return;
  pthread_mutex_lock(&lock);
  if (by_fd[fd]) mark(by_fd[fd], from, from + n);
  pthread_mutex_unlock(&lock);
}

static int tracked(int fd) { return fd >= 0 && fd < MAX_FD && by_fd[fd] != NULL; }

static void make_folders(char *path) {
  for (char *p = path + strlen(copy_folder) + 1; *p; p++) {
    if (*p != '/') continue;
    *p = 0;
    if (mkdir(path, 0700) != 0 && errno != EEXIST) give_up(path);
    *p = '/';
  }
}

static void copy_range(int from, int to, struct range r, off_t size) {
  static char buffer[1 << 16];
  while (r.from < r.to && r.from < size) {
    size_t want = (size_t)(r.to - r.from) < sizeof buffer ? (size_t)(r.to - r.from) : sizeof buffer;
    ssize_t n = pread(from, buffer, want, r.from);
    if (n <= 0) return;
    if (real_pwrite64(to, buffer, (size_t)n, r.from) != n) give_up("copy");
    r.from += n;
  }
}

static void apply_change(const struct name_change *change) {
  char from[PATH_MAX * 2], to[PATH_MAX * 2];
  snprintf(from, sizeof from, "%s%s", copy_folder, change->from);
  if (!change->to[0]) {
    real_unlink(from);
    return;
  }
  snprintf(to, sizeof to, "%s%s", copy_folder, change->to);
  real_rename(from, to);
}

/* A file's flush makes its present name last: what was renamed to it or removed from it comes first. */
static void settle_name(const char *name) {
  int kept = 0;
  for (int i = 0; i < change_count; i++) {
    if (strcmp(changes[i].from, name) == 0 || strcmp(changes[i].to, name) == 0) apply_change(&changes[i]);
    else changes[kept++] = changes[i];
  }
  change_count = kept;
}

/*
 * A descriptor to read from. Closing any descriptor of a file drops the process's locks on it, and SQLite relies on
 * those; it opens for reading and writing, so its own descriptor serves.
 */
static int readable(int fd) {
  if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_WRONLY) return fd;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  return real_open64(link, O_RDONLY | O_CLOEXEC);
}

/* Brings the shadow of one file up to date. */
static void flush_file(int fd, struct file *f) {
  char path[PATH_MAX], copy[PATH_MAX * 2];
  struct stat st;
  if (!path_of(fd, path) || !inside(path) || fstat(fd, &st) != 0) return;
  settle_name(inside(path));
  snprintf(copy, sizeof copy, "%s%s", copy_folder, inside(path));
  make_folders(copy);
  int source = readable(fd), target = real_open64(copy, O_RDWR | O_CREAT | O_CLOEXEC, st.st_mode & 0777);
  if (source < 0 || target < 0) give_up(copy);
  if (real_ftruncate64(target, st.st_size) != 0) give_up("truncate");
  for (int i = 0; i < f->count; i++) copy_range(source, target, f->dirty[i], st.st_size);
  f->count = 0;
  if (source != fd) real_close(source);
  real_close(target);
}

static void flush_folder(const char *folder) {
  int kept = 0;
  for (int i = 0; i < change_count; i++) {
    if (strcmp(changes[i].folder, folder) == 0) apply_change(&changes[i]);
    else changes[kept++] = changes[i];
  }
  change_count = kept;
}

static void name_changed(const char *from, const char *to) {
  const char *old = inside(from), *new = to ? inside(to) : NULL;
  if (!copy_folder[0] || !old || is_shared_memory(old)) return;
  pthread_mutex_lock(&lock);
  if (change_count == MAX_NAMES) give_up("too many name changes without a flush");
  struct name_change *change = &changes[change_count++];
  snprintf(change->from, PATH_MAX, "%s", old);
  snprintf(change->to, PATH_MAX, "%s", new ? new : "");
  snprintf(change->folder, PATH_MAX, "%s", old);
  char *slash = strrchr(change->folder, '/');
  if (slash) *slash = 0;
  pthread_mutex_unlock(&lock);
}

static int flushed(int fd, int result) {
  if (result != 0) return result;
  int saved = errno;
  char path[PATH_MAX];
  if (tracked(fd)) {
    if (delay_us) usleep(delay_us);
    pthread_mutex_lock(&lock);
    flush_file(fd, by_fd[fd]);
    pthread_mutex_unlock(&lock);
  } else if (path_of(fd, path) && inside(path)) {
    struct stat st;
    int folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
    if (delay_us && !folder) usleep(delay_us);
    pthread_mutex_lock(&lock);
    if (copy_folder[0] && folder) flush_folder(inside(path));
    pthread_mutex_unlock(&lock);
  }
  errno = saved;
  return 0;
}

#define MODE_ARGUMENT(flags)                                   \
  mode_t mode = 0;                                             \
  if ((flags) & (O_CREAT | __O_TMPFILE)) {                     \
    va_list list;                                              \
    va_start(list, flags);                                     \
    mode = va_arg(list, mode_t);                               \
    va_end(list);                                              \
  }

/* Emptying a file at its opening is a change of its content, which the next flush takes over by the size. */
int open(const char *path, int flags, ...) {
  MODE_ARGUMENT(flags)
  ready();
  return opened(real_open(path, flags, mode), flags);
}

int open64(const char *path, int flags, ...) {
  MODE_ARGUMENT(flags)
  ready();
  return opened(real_open64(path, flags, mode), flags);
}

int openat(int folder, const char *path, int flags, ...) {
  MODE_ARGUMENT(flags)
  ready();
  return opened(real_openat(folder, path, flags, mode), flags);
}

int close(int fd) {
  ready();
  if (fd >= 0 && fd < MAX_FD) by_fd[fd] = NULL;
  return real_close(fd);
}

ssize_t write(int fd, const void *bytes, size_t size) {
  ready();
  ssize_t n = real_write(fd, bytes, size);
  if (n > 0 && tracked(fd)) written(fd, n, lseek(fd, 0, SEEK_CUR) - n);
  return n;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  ready();
  ssize_t n = real_writev(fd, parts, count);
  if (n > 0 && tracked(fd)) written(fd, n, lseek(fd, 0, SEEK_CUR) - n);
  return n;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  ready();
  ssize_t n = real_pwrite(fd, bytes, size, at);
  written(fd, n, at);
  return n;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  ready();
  ssize_t n = real_pwrite64(fd, bytes, size, at);
  written(fd, n, at);
  return n;
}

/* What is cut off and comes back by a longer file later is zero, not what it was. */
static void cut(int fd, off_t size) {
  struct stat st;
  if (tracked(fd) && fstat(fd, &st) == 0 && st.st_size > size) written(fd, st.st_size - size, size);
}

int ftruncate(int fd, off_t size) {
  ready();
  cut(fd, size);
  return real_ftruncate(fd, size);
}

int ftruncate64(int fd, off64_t size) {
  ready();
  cut(fd, size);
  return real_ftruncate64(fd, size);
}

int fsync(int fd) {
  ready();
  return flushed(fd, real_fsync(fd));
}

int fdatasync(int fd) {
  ready();
  return flushed(fd, real_fdatasync(fd));
}

int unlink(const char *path) {
  char full[PATH_MAX];
  ready();
  int known = path_at(AT_FDCWD, path, full);
  int result = real_unlink(path);
  if (result == 0 && known) name_changed(full, NULL);
  return result;
}

int unlinkat(int folder, const char *path, int flags) {
  char full[PATH_MAX];
  ready();
  int known = !(flags & AT_REMOVEDIR) && path_at(folder, path, full);
  int result = real_unlinkat(folder, path, flags);
  if (result == 0 && known) name_changed(full, NULL);
  return result;
}

int rename(const char *from, const char *to) {
  char full_from[PATH_MAX], full_to[PATH_MAX];
  ready();
  int known = path_at(AT_FDCWD, from, full_from) && path_at(AT_FDCWD, to, full_to);
  int result = real_rename(from, to);
  if (result == 0 && known) name_changed(full_from, full_to);
  return result;
}
