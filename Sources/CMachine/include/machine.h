// What a file or a checkpoint has to know of the machine and says in C alone.

#pragma once

/// Lets writes to a file go past the system's cache, or through it again; their addresses, lengths and places in the file are then to be
/// multiples of a page. Returns -1 where that is refused.
int machine_bypass_cache(int descriptor, int is_wanted);

/// The instructions that the code that includes this is compiled for, by KAC_MARCH. Where a product and a sum are one operation they are rounded once, so
/// that the last digits of a computation hold for one such set.
static inline const char *machine_instructions(void) {
#if defined(__AVX512F__)
    return "AVX-512";
#elif defined(__AVX2__) && defined(__FMA__)
    return "AVX2 and FMA";
#elif defined(__FMA__)
    return "FMA";
#elif defined(__AVX__)
    return "AVX";
#elif defined(__x86_64__)
    return "x86-64";
#elif defined(__aarch64__)
    return "AArch64";
#else
    return "another processor";
#endif
}
