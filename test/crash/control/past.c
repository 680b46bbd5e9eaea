/* The control of the address sanitizer: a list of four is read at five, and an int is added to until it overflows. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    int *list = calloc(4, sizeof *list);
    int most = INT_MAX;
    (void)argv;
    if (!list) return 0;
    printf("%d\n", most + argc);
    printf("%d\n", list[3 + argc]);
    free(list);
    return 0;
}
