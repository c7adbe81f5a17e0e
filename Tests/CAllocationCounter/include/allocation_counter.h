// Counts what a thread asks of malloc and its kin, by standing in front of them.

#pragma once

/// Whether this build counts: with the GNU C library and without a sanitizer that stands there itself.
int kac_counts_allocations(void);

/// Begins to count the calling thread's allocations.
void kac_begin_counting_allocations(void);

/// Ends it; returns how many there were.
long kac_end_counting_allocations(void);
