// What one core of this machine can do: the bandwidth of a triad, in memory and in the first cache, and the peak of fused products and sums.
//
// gcc -O3 -march=native roofline.c -o roofline && ./roofline prints GB/s in memory, GB/s in cache, Gflop/s.

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__AVX512F__)
#define WIDTH 64
#elif defined(__AVX__)
#define WIDTH 32
#else
#define WIDTH 16
#endif
typedef double vec __attribute__((vector_size(WIDTH)));
enum { LANES = WIDTH / sizeof(double), CHAINS = 10 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/// Bytes a second of a = b + s·c over arrays of `count` numbers; three accesses a number, the line that is read before it is written not counted.
static double triad(size_t count, int repeats) {
    double *a = aligned_alloc(64, 8 * count), *b = aligned_alloc(64, 8 * count), *c = aligned_alloc(64, 8 * count);
    for (size_t i = 0; i < count; i++) a[i] = 0, b[i] = (double)i, c[i] = 1;
    double best = 1e300;
    for (int round = 0; round < 20; round++) {
        const double start = now();
        for (int r = 0; r < repeats; r++) {
            for (size_t i = 0; i < count; i++) a[i] = b[i] + 3.0 * c[i];
            __asm__ volatile("" : : "r"(a), "r"(b), "r"(c) : "memory");
        }
        const double time = now() - start;
        best = time < best ? time : best;
    }
    free(a), free(b), free(c);
    return 24.0 * (double)count * repeats / best;
}

static double peak(void) {
    vec sum[CHAINS];
    for (int k = 0; k < CHAINS; k++) for (int lane = 0; lane < LANES; lane++) sum[k][lane] = k + lane;
    vec factor, term;
    for (int lane = 0; lane < LANES; lane++) factor[lane] = 0.999, term[lane] = 1e-3;
    double best = 1e300;
    const int steps = 1000000;
    for (int round = 0; round < 20; round++) {
        const double start = now();
        for (int step = 0; step < steps; step++) {
#pragma GCC unroll 10
            for (int k = 0; k < CHAINS; k++) sum[k] = sum[k] * factor + term;
        }
        __asm__ volatile("" : "+m"(sum));
        const double time = now() - start;
        best = time < best ? time : best;
    }
    return 2.0 * LANES * CHAINS * steps / best;
}

int main(void) {
    printf("%.4g %.4g %.4g\n", 1e-9 * triad(1 << 24, 1), 1e-9 * triad(1 << 10, 20000), 1e-9 * peak());
    return 0;
}
