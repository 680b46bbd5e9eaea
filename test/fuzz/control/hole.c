/* The control of the fuzzers: a reader that believes a length it was given. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (n < 3 || data[0] != 'L') return 0;
    uint8_t *copy = malloc(n);
    if (!copy) return 0;
    memcpy(copy, data, n);
    int sum = 0;
    for (size_t i = 0; i < copy[1]; i++) sum += copy[2 + i];
    free(copy);
    return sum == -1;
}
