/*
 * The least that clearing or looking at a tree costs: the bare system calls, two threads, nothing judged, nothing
 * spared and nothing said. What devenv takes longer is what its care costs.
 *
 * floor clear DIRECTORY   removes every `.pyc` in a `__pycache__`, and then that directory
 * floor stat DIRECTORY    lists every directory and looks up every name in it
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS 2
#define BUFFER (32 * 1024)

struct entry {
    unsigned long long ino;
    long long offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

/* What is done with each name in an open directory. */
typedef void (*visit)(int fd, const char *path, const struct entry *entry);

static visit visitor;

/* Directories that wait, by path: the newest first, while what is above it is still in the kernel's caches. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    char **paths;
    size_t length, room;
    int working;
} queue = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL, 0, 0, 0};

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void push(const char *parent, const char *name) {
    char *path;
    if (asprintf(&path, "%s/%s", parent, name) < 0) fail("asprintf");
    pthread_mutex_lock(&queue.lock);
    if (queue.length == queue.room) {
        queue.room = queue.room ? 2 * queue.room : 1024;
        queue.paths = realloc(queue.paths, queue.room * sizeof *queue.paths);
        if (!queue.paths) fail("realloc");
    }
    queue.paths[queue.length++] = path;
    pthread_cond_signal(&queue.changed);
    pthread_mutex_unlock(&queue.lock);
}

/* Takes a directory, or returns nothing once none waits and nobody works who could find another. */
static char *pop(void) {
    char *path = NULL;
    pthread_mutex_lock(&queue.lock);
    while (!queue.length && queue.working) pthread_cond_wait(&queue.changed, &queue.lock);
    if (queue.length) {
        path = queue.paths[--queue.length];
        queue.working++;
    }
    pthread_mutex_unlock(&queue.lock);
    return path;
}

static void finish(void) {
    pthread_mutex_lock(&queue.lock);
    if (!--queue.working && !queue.length) pthread_cond_broadcast(&queue.changed);
    pthread_mutex_unlock(&queue.lock);
}

static int open_directory(int parent, const char *name) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) fail(name);
    return fd;
}

static void list(int fd, const char *path, visit each) {
    _Alignas(struct entry) char buffer[BUFFER];
    long length;
    while ((length = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < length;) {
            const struct entry *entry = (const struct entry *)(buffer + at);
            at += entry->length;
            if (strcmp(entry->name, ".") && strcmp(entry->name, "..")) each(fd, path, entry);
        }
    }
    if (length < 0) fail(path);
}

static void remove_bytecode(int fd, const char *path, const struct entry *entry) {
    size_t length = strlen(entry->name);
    (void)path;
    if (length > 4 && !strcmp(entry->name + length - 4, ".pyc") && unlinkat(fd, entry->name, 0)) fail(entry->name);
}

static void clear(int fd, const char *path, const struct entry *entry) {
    if (entry->type != DT_DIR) return;
    if (strcmp(entry->name, "__pycache__")) {
        push(path, entry->name);
        return;
    }
    int cache = open_directory(fd, entry->name);
    list(cache, path, remove_bytecode);
    close(cache);
    /* One that holds anything else stays. */
    unlinkat(fd, entry->name, AT_REMOVEDIR);
}

static void look(int fd, const char *path, const struct entry *entry) {
    struct stat stat;
    if (fstatat(fd, entry->name, &stat, AT_SYMLINK_NOFOLLOW)) fail(entry->name);
    if (S_ISDIR(stat.st_mode)) push(path, entry->name);
}

static void *work(void *unused) {
    char *path;
    while ((path = pop())) {
        int fd = open_directory(AT_FDCWD, path);
        list(fd, path, visitor);
        close(fd);
        free(path);
        finish();
    }
    return unused;
}

int main(int count, char **words) {
    pthread_t threads[THREADS - 1];
    if (count == 3 && !strcmp(words[1], "clear")) visitor = clear;
    if (count == 3 && !strcmp(words[1], "stat")) visitor = look;
    if (!visitor) {
        fprintf(stderr, "usage: %s clear|stat DIRECTORY\n", words[0]);
        return 2;
    }
    push(words[2], ".");
    for (int i = 0; i < THREADS - 1; i++) {
        if (pthread_create(&threads[i], NULL, work, NULL)) fail("pthread_create");
    }
    work(NULL);
    for (int i = 0; i < THREADS - 1; i++) pthread_join(threads[i], NULL);
    return 0;
}
