// What Swift's Glibc module does not show. Without _GNU_SOURCE: the other C modules are read without it, and
// two views of one system header in one process do not compile.
#pragma once
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

// GNU extensions that the headers hide without _GNU_SOURCE; glibc has them. Source: rename(2), fstatat(2).
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE (1 << 0)
#endif
#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif
int renameat2(int old_directory, const char *old_path, int new_directory, const char *new_path, unsigned int flags);
