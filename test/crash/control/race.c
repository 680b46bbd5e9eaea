/* The control of the thread sanitizer: two threads count without asking each other. */
#include <pthread.h>
#include <stdio.h>

static int count;

static void *add(void *arg) {
    for (int i = 0; i < 10000; i++) count++;
    return arg;
}

int main(void) {
    pthread_t t[2];
    for (int i = 0; i < 2; i++) pthread_create(&t[i], NULL, add, NULL);
    for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
    printf("%d\n", count);
    return 0;
}
