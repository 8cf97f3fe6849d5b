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

// Of glibc 2.28 and later, declared by its headers only under _GNU_SOURCE.
int renameat2(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, unsigned int flags);

// Gives a file another name in the same directory unless that one is taken (EEXIST).
static inline int qs_rename_exclusively(int directory, const char *name, const char *other) {
    const unsigned int noreplace = 1;
    return renameat2(directory, name, directory, other, noreplace);
}
