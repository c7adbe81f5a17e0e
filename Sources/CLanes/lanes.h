// Operations on the eight lanes of Swift's SIMD8<Double> that Swift takes apart into scalar code: choices between lanes in all but
// the shortest expressions, and long expressions of any kind.

#pragma once

typedef double lanes8 __attribute__((ext_vector_type(8)));

#define LANES_INLINE static inline __attribute__((always_inline))

/// The larger of two, lane by lane.
LANES_INLINE lanes8 larger(lanes8 a, lanes8 b) { return a > b ? a : b; }

/// The smaller of two, lane by lane.
LANES_INLINE lanes8 smaller(lanes8 a, lanes8 b) { return a < b ? a : b; }

/// The lanes of `a` where `s` is positive, those of `b` elsewhere.
LANES_INLINE lanes8 choose(lanes8 s, lanes8 a, lanes8 b) __attribute__((swift_name("choose(wherePositive:_:_:)")));
LANES_INLINE lanes8 choose(lanes8 s, lanes8 a, lanes8 b) { return s > 0 ? a : b; }

/// The lanes that are positive, 0 for the others.
LANES_INLINE lanes8 positivePart(lanes8 a) { return a > 0 ? a : (lanes8)0; }

/// The lanes that are negative, 0 for the others.
LANES_INLINE lanes8 negativePart(lanes8 a) { return a < 0 ? a : (lanes8)0; }

/// The size, lane by lane.
LANES_INLINE lanes8 size(lanes8 a) { return a > 0 ? a : -a; }

/// The value at the face between `c` and `d` of three parabolas over the averages `a … e`, weighted by their smoothness.
LANES_INLINE lanes8 wenoFaceValue(lanes8 a, lanes8 b, lanes8 c, lanes8 d, lanes8 e) {
#pragma clang fp contract(fast)
    const lanes8 left = a - 2 * b + c, middle = b - 2 * c + d, right = c - 2 * d + e;
    const lanes8 tiltLeft = a - 4 * b + 3 * c, tiltMiddle = b - d, tiltRight = 3 * c - 4 * d + e;
    // Four times the smoothness indicators; a tiny number keeps 0/0 out, and quotients whose squares overflow.
    const lanes8 beta0 = (13.0 / 3) * left * left + tiltLeft * tiltLeft + 1e-80;
    const lanes8 beta1 = (13.0 / 3) * middle * middle + tiltMiddle * tiltMiddle + 1e-80;
    const lanes8 beta2 = (13.0 / 3) * right * right + tiltRight * tiltRight + 1e-80;
    const lanes8 tau = size(beta0 - beta2);
    const lanes8 r0 = tau / beta0, r1 = tau / beta1, r2 = tau / beta2;
    const lanes8 w0 = 1 + r0 * r0, w1 = 6 * (1 + r1 * r1), w2 = 3 * (1 + r2 * r2);
    return (w0 * (2 * a - 7 * b + 11 * c) + w1 * (5 * c - b + 2 * d) + w2 * (2 * c + 5 * d - e)) / (6 * (w0 + w1 + w2));
}

// A product and a sum in one operation where the hardware has it, in two where not. Swift's own `addingProduct` is a call of the
// library for every lane on hardware without it.

/// a·b + c
LANES_INLINE lanes8 kac_multiply_add(lanes8 a, lanes8 b, lanes8 c) {
#pragma clang fp contract(fast)
    return a * b + c;
}

/// c − a·b
LANES_INLINE lanes8 kac_multiply_subtract(lanes8 a, lanes8 b, lanes8 c) {
#pragma clang fp contract(fast)
    return c - a * b;
}

/// Asks for the memory that is written soon.
LANES_INLINE void kac_prefetch(const void *place) { __builtin_prefetch(place, 1); }
