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
CHDF5_GETTER(hid_t, H5T_STD_U64LE)
CHDF5_GETTER(hid_t, H5T_STD_I32LE)
CHDF5_GETTER(hid_t, H5T_STD_U32LE)
CHDF5_GETTER(hid_t, H5T_STD_U8LE)
CHDF5_GETTER(hid_t, H5T_NATIVE_DOUBLE)
CHDF5_GETTER(hid_t, H5T_NATIVE_INT64)
CHDF5_GETTER(hid_t, H5T_NATIVE_UINT64)
CHDF5_GETTER(hid_t, H5T_NATIVE_INT32)
CHDF5_GETTER(hid_t, H5T_NATIVE_UINT32)
CHDF5_GETTER(hid_t, H5T_NATIVE_UINT8)

#undef CHDF5_GETTER

/* Where an object is in its file, and the bytes of its header and of its indexes: the structures differ between versions. */
static inline herr_t chdf5_object_place(hid_t object, unsigned long long *address, unsigned long long *bytes) {
#if H5_VERSION_GE(1, 12, 0)
    H5O_info2_t info;
    H5O_native_info_t native;
    haddr_t place;
    if (H5Oget_info3(object, &info, H5O_INFO_BASIC) < 0) return -1;
    if (H5Oget_native_info(object, &native, H5O_NATIVE_INFO_ALL) < 0) return -1;
    if (H5VLnative_token_to_addr(object, info.token, &place) < 0) return -1;
    *address = place;
    *bytes = native.hdr.space.total + native.meta_size.obj.index_size + native.meta_size.obj.heap_size
        + native.meta_size.attr.index_size + native.meta_size.attr.heap_size;
#else
    H5O_info_t info;
    if (H5Oget_info2(object, &info, H5O_INFO_BASIC | H5O_INFO_HDR | H5O_INFO_META_SIZE) < 0) return -1;
    *address = info.addr;
    *bytes = info.hdr.space.total + info.meta_size.obj.index_size + info.meta_size.obj.heap_size
        + info.meta_size.attr.index_size + info.meta_size.attr.heap_size;
#endif
    return 0;
}

/* Which file and which kind an object is of, and where it is in the file, without opening it. */
static inline herr_t chdf5_object_facts(
    hid_t group, const char *name, unsigned long long *file, unsigned long long *address, int *kind) {
#if H5_VERSION_GE(1, 12, 0)
    H5O_info2_t info;
    haddr_t place;
    if (H5Oget_info_by_name3(group, name, &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0) return -1;
    if (H5VLnative_token_to_addr(group, info.token, &place) < 0) return -1;
    *address = place;
#else
    H5O_info_t info;
    if (H5Oget_info_by_name2(group, name, &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0) return -1;
    *address = info.addr;
#endif
    *file = info.fileno;
    *kind = info.type;
    return 0;
}

#endif
