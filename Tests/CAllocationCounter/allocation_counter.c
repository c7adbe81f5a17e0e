#include "allocation_counter.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KAC_SANITIZED 1
#endif
#endif

static _Thread_local int is_counting;
static _Thread_local long count;

void kac_begin_counting_allocations(void) {
    count = 0;
    is_counting = 1;
}

long kac_end_counting_allocations(void) {
    is_counting = 0;
    return count;
}

#if defined(__GLIBC__) && !defined(KAC_SANITIZED)

int kac_counts_allocations(void) { return 1; }

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *place, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
    count += is_counting;
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count += is_counting;
    return __libc_calloc(number, size);
}

void *realloc(void *place, size_t size) {
    count += is_counting;
    return __libc_realloc(place, size);
}

void *memalign(size_t alignment, size_t size) {
    count += is_counting;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **place, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    void *memory = memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *place = memory;
    return 0;
}

#else

int kac_counts_allocations(void) { return 0; }

#endif
