/* worker.c - a few threads that may wait: photos, passwords, imports. */
#include <pthread.h>
#include <sys/resource.h>
#include "app/app.h"

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct work *head, **tail;
    pthread_t thread[16];
    int n, waiting, max;
    bool stopping;
};

static void *worker_main(void *arg) {
    struct workers *w = arg;
    (void)setpriority(PRIO_PROCESS, 0, 10);   /* this thread only: who asks for a page goes first */
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->head && !w->stopping) pthread_cond_wait(&w->wake, &w->lock);
        struct work *job = w->head;
        if (!job) break;
        w->head = job->next;
        if (!w->head) w->tail = &w->head;
        w->waiting--;
        pthread_mutex_unlock(&w->lock);
        job->run(job);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct workers *workers_start(int threads, int queue) {
    struct workers *w = calloc(1, sizeof *w);   /* heap: lives as long as the server */
    if (!w) return NULL;
    w->tail = &w->head;
    w->max = queue;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    for (; w->n < threads && w->n < (int)COUNT(w->thread); w->n++)
        if (pthread_create(&w->thread[w->n], NULL, worker_main, w) != 0) break;
    return w;
}

bool workers_put(struct workers *w, struct work *job) {
    pthread_mutex_lock(&w->lock);
    bool room = w->waiting < w->max && !w->stopping;
    if (room) {
        job->next = NULL;
        *w->tail = job;
        w->tail = &job->next;
        w->waiting++;
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
    return room;
}

void workers_stop(struct workers *w) {
    if (!w) return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->wake);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->n; i++) pthread_join(w->thread[i], NULL);
    free(w);   /* heap: see workers_start */
}
