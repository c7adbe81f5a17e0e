#ifndef KAC_CHDF5_SHIM_H
#define KAC_CHDF5_SHIM_H

#include <hdf5.h>
#include <hdf5_hl.h>

/* Swift does not import HDF5's macros that cast or call: each one becomes a getter under its own name.
   The type and property-list macros open the library themselves, which the bare `_g` globals need first. */
#define CHDF5_GETTER(type, name)                                                                      \
    static inline type chdf5_##name(void) __attribute__((swift_name("getter:" #name "()")));          \
    static inline type chdf5_##name(void) { return name; }

CHDF5_GETTER(unsigned, H5F_ACC_RDONLY)
CHDF5_GETTER(unsigned, H5F_ACC_TRUNC)
CHDF5_GETTER(hsize_t, H5S_UNLIMITED)
CHDF5_GETTER(hid_t, H5P_FILE_ACCESS)
CHDF5_GETTER(hid_t, H5P_FILE_CREATE)
CHDF5_GETTER(hid_t, H5P_GROUP_CREATE)
CHDF5_GETTER(hid_t, H5P_DATASET_CREATE)
CHDF5_GETTER(hid_t, H5T_C_S1)
CHDF5_GETTER(hid_t, H5T_IEEE_F64LE)
CHDF5_GETTER(hid_t, H5T_STD_I64LE)
CHDF5_GETTER(hid_t, H5T_NATIVE_DOUBLE)
CHDF5_GETTER(hid_t, H5T_NATIVE_INT64)

#undef CHDF5_GETTER

#endif
