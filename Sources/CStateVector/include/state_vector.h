// The loops over the amplitudes of eight states at once that take most of a sweep's time: amplitude k is the rows 2k (real part) and
// 2k + 1 (imaginary). A row is eight doubles, one of each state, and begins with a cache line; pointers to rows are untyped, because Swift does
// not import pointers to vectors.
//
// In C, because one function can be compiled for several kinds of processors: a build for any of them still uses the vector units that
// it finds.

#pragma once

/// Turns the qubit of bit `a` of `source` into `target`, which may be the same.
///
/// A unitary `w − i(xX + yY + zZ)`, `w² + x² + y² + z² = 1`, is the four rows `w, x, y, z`.
void kac_turn_qubit(
    long size, long a, const void *unitary, _Bool is_inverse, const void *source, void *target);

/// Turns two qubits in one go: four amplitudes stay in registers for both.
void kac_turn_qubits(
    long size, long a, long b, const void *first, const void *second, _Bool is_inverse,
    const void *source, void *target);

/// Writes `Im ⟨λ|σ|ψ⟩` of a Pauli matrix, X, Y, Z for the axes 0, 1, 2, on the qubit of bit `a`.
void kac_correlate_qubit(
    long size, long axis, long a, const void *costate, const void *state, void *result);

/// Writes `Im ⟨λ|σ|ψ⟩` of a Pauli matrix on one qubit and of the same on another.
void kac_correlate_qubits(
    long size, long axis, long a, long b, const void *costate, const void *state, void *first,
    void *second);

/// Sets the costate to `O|ψ⟩` and writes `⟨ψ|O|ψ⟩`.
///
/// `O` is a sum of permutations of the amplitudes, `k → k ^ flip`, each with a diagonal, two entries of every flip in turns; that of the flips from
/// `real_count` on is imaginary.
void kac_observe(
    long size, const long *flips, long flip_count, long real_count, const double *diagonals, const void *state,
    void *costate, void *value);
