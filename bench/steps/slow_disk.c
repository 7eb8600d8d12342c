/* A disk that takes a millisecond longer for each flush, as ordinary ones do: preloaded before the C library.
   cc -shared -fPIC -o slow_disk.so slow_disk.c */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int later(const char *name, int file) {
  const struct timespec millisecond = {0, 1000000};
  int (*flush)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  nanosleep(&millisecond, 0);
  return flush(file);
}

int fsync(int file) { return later("fsync", file); }
int fdatasync(int file) { return later("fdatasync", file); }
