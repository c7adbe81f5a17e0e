// The system's headers keep O_DIRECT for programs that ask for it.
#define _GNU_SOURCE

#include "machine.h"

#include <fcntl.h>

int machine_bypass_cache(int descriptor, int is_wanted) {
#if defined(O_DIRECT)
    const int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -1;
    return fcntl(descriptor, F_SETFL, is_wanted ? flags | O_DIRECT : flags & ~O_DIRECT);
#elif defined(F_NOCACHE)
    return fcntl(descriptor, F_NOCACHE, is_wanted);
#else
    return -1;
#endif
}
