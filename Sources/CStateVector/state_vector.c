#include "state_vector.h"

#if defined(__x86_64__) && !defined(__FMA__)
// Built for any processor: no fused operation, so that all kinds give the same bits.
#pragma clang fp contract(off)
#else
#pragma clang fp contract(fast)
#endif

#if defined(__x86_64__) && defined(__ELF__) && !defined(__AVX2__)
#define KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4"), min_vector_width(512)))
#elif defined(__x86_64__)
#define KERNEL __attribute__((min_vector_width(512)))
#else
#define KERNEL
#endif

#define INLINED static inline __attribute__((always_inline))

typedef double state_row __attribute__((ext_vector_type(8)));

typedef struct {
    state_row re, im;
} amplitude;

typedef struct {
    state_row w, x, y, z;
} unitary;

INLINED amplitude load(const void *state, long k) {
    const state_row *rows = (const state_row *)state + 2 * k;
    return (amplitude){rows[0], rows[1]};
}

INLINED void store(void *state, long k, amplitude a) {
    state_row *rows = (state_row *)state + 2 * k;
    rows[0] = a.re;
    rows[1] = a.im;
}

INLINED unitary oriented(const void *numbers, _Bool is_inverse) {
    const state_row *rows = numbers;
    const double sign = is_inverse ? -1 : 1;
    return (unitary){rows[0], sign * rows[1], sign * rows[2], sign * rows[3]};
}

INLINED void turn(const unitary *u, amplitude *a, amplitude *b) {
    const amplitude p = *a, q = *b;
    a->re = u->w * p.re + u->x * q.im - u->y * q.re + u->z * p.im;
    a->im = u->w * p.im - u->x * q.re - u->y * q.im - u->z * p.re;
    b->re = u->w * q.re - u->z * q.im + u->x * p.im + u->y * p.re;
    b->im = u->w * q.im + u->z * q.re - u->x * p.re + u->y * p.im;
}

/// The index number `j` of those in which the bits `−low < −high` are 0.
INLINED long spread(long j, long low, long high) {
    const long k = j + (j & low);
    return k + (k & high);
}

INLINED long lesser(long a, long b) { return a < b ? a : b; }
INLINED long greater(long a, long b) { return a < b ? b : a; }

KERNEL void kac_turn_qubit(
    long size, long a, const void *rows, _Bool is_inverse, const void *source, void *target) {
    const unitary u = oriented(rows, is_inverse);
    for (long j = 0; j < size / 2; j++) {
        const long k = j + (j & -a);
        amplitude p = load(source, k), q = load(source, k | a);
        turn(&u, &p, &q);
        store(target, k, p);
        store(target, k | a, q);
    }
}

KERNEL void kac_turn_qubits(
    long size, long a, long b, const void *first, const void *second, _Bool is_inverse,
    const void *source, void *target) {
    const unitary u = oriented(first, is_inverse), v = oriented(second, is_inverse);
    const long low = -lesser(a, b), high = -greater(a, b);
    for (long j = 0; j < size / 4; j++) {
        const long k = spread(j, low, high);
        amplitude p = load(source, k), q = load(source, k | a);
        amplitude r = load(source, k | b), s = load(source, k | a | b);
        turn(&u, &p, &q);
        turn(&u, &r, &s);
        turn(&v, &p, &r);
        turn(&v, &q, &s);
        store(target, k, p);
        store(target, k | a, q);
        store(target, k | b, r);
        store(target, k | a | b, s);
    }
}

/// Adds a Pauli matrix's share of `Im ⟨λ|σ|ψ⟩` on two amplitudes to two sums.
INLINED void add(
    long axis, state_row *s, state_row *t, amplitude l0, amplitude l1, amplitude p0, amplitude p1) {
    if (axis == 0) {
        *s = *s + l0.re * p1.im - l0.im * p1.re;
        *t = *t + l1.re * p0.im - l1.im * p0.re;
    } else if (axis == 1) {
        *s = *s + l1.re * p0.re - l0.re * p1.re;
        *t = *t + l1.im * p0.im - l0.im * p1.im;
    } else {
        *s = *s + l0.re * p0.im - l0.im * p0.re;
        *t = *t + l1.im * p1.re - l1.re * p1.im;
    }
}

INLINED void correlate_one(
    long size, long axis, long a, const void *costate, const void *state, void *result) {
    state_row s = 0, t = 0;
    for (long j = 0; j < size / 2; j++) {
        const long k = j + (j & -a);
        add(axis, &s, &t, load(costate, k), load(costate, k | a), load(state, k), load(state, k | a));
    }
    *(state_row *)result = s + t;
}

INLINED void correlate_two(
    long size, long axis, long a, long b, const void *costate, const void *state, void *first,
    void *second) {
    // Eight sums, so that no addition waits for the one before.
    state_row s0 = 0, s1 = 0, s2 = 0, s3 = 0, t0 = 0, t1 = 0, t2 = 0, t3 = 0;
    const long low = -lesser(a, b), high = -greater(a, b);
    for (long j = 0; j < size / 4; j++) {
        const long k = spread(j, low, high);
        const amplitude l0 = load(costate, k), l1 = load(costate, k | a);
        const amplitude l2 = load(costate, k | b), l3 = load(costate, k | a | b);
        const amplitude p0 = load(state, k), p1 = load(state, k | a);
        const amplitude p2 = load(state, k | b), p3 = load(state, k | a | b);
        add(axis, &s0, &s1, l0, l1, p0, p1);
        add(axis, &s2, &s3, l2, l3, p2, p3);
        add(axis, &t0, &t1, l0, l2, p0, p2);
        add(axis, &t2, &t3, l1, l3, p1, p3);
    }
    *(state_row *)first = (s0 + s1) + (s2 + s3);
    *(state_row *)second = (t0 + t1) + (t2 + t3);
}

// An axis that is known where the loop is compiled.

KERNEL void kac_correlate_qubit(
    long size, long axis, long a, const void *costate, const void *state, void *result) {
    switch (axis) {
    case 0: correlate_one(size, 0, a, costate, state, result); break;
    case 1: correlate_one(size, 1, a, costate, state, result); break;
    default: correlate_one(size, 2, a, costate, state, result);
    }
}

KERNEL void kac_correlate_qubits(
    long size, long axis, long a, long b, const void *costate, const void *state, void *first,
    void *second) {
    switch (axis) {
    case 0: correlate_two(size, 0, a, b, costate, state, first, second); break;
    case 1: correlate_two(size, 1, a, b, costate, state, first, second); break;
    default: correlate_two(size, 2, a, b, costate, state, first, second);
    }
}

KERNEL void kac_observe(
    long size, const long *flips, long flip_count, long real_count, const double *diagonal, const void *state,
    void *costate, void *value) {
    state_row first = 0, second = 0;
    for (long k = 0; k < size; k += 2) {
        amplitude a = {0, 0}, b = {0, 0};
        for (long g = 0; g < real_count; g++, diagonal += 2) {
            const amplitude p = load(state, k ^ flips[g]), q = load(state, (k | 1) ^ flips[g]);
            a.re += diagonal[0] * p.re;
            a.im += diagonal[0] * p.im;
            b.re += diagonal[1] * q.re;
            b.im += diagonal[1] * q.im;
        }
        for (long g = real_count; g < flip_count; g++, diagonal += 2) {
            const amplitude p = load(state, k ^ flips[g]), q = load(state, (k | 1) ^ flips[g]);
            a.re -= diagonal[0] * p.im;
            a.im += diagonal[0] * p.re;
            b.re -= diagonal[1] * q.im;
            b.im += diagonal[1] * q.re;
        }
        const amplitude p = load(state, k), q = load(state, k | 1);
        store(costate, k, a);
        store(costate, k | 1, b);
        first = first + b.re * q.re + a.re * p.re;
        second = second + b.im * q.im + a.im * p.im;
    }
    *(state_row *)value = first + second;
}
