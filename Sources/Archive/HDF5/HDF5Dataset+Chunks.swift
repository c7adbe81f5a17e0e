import CHDF5
import Torus

extension HDF5Dataset {
    /// Writes all rows of an array of reals whose chunks are compressed and hold a row each: compressed here, on several threads, and handed
    /// to the library as they shall stand in the file.
    func writeChunks(_ rows: [[Double]], rank: Int, deflation: Deflation) throws(HDF5Error) {
        guard let length = rows.first?.count, length > 0 else { return }
        // Enough for all threads at once, and no more than a few mebibytes in memory.
        let batch = max(2 * deflation.parallelism.threads, (1 << 20) / (8 * length))
        for start in stride(from: 0, to: rows.count, by: batch) {
            let chunks = try? deflation.parallelism.map(min(batch, rows.count - start)) { index in
                CompressedChunk(rows[start + index], level: deflation.level)
            }
            for (index, chunk) in (chunks ?? []).enumerated() {
                guard let chunk else {
                    throw HDF5Error(operation: "compress2", path: path, messages: ["kac: there is no memory left"])
                }
                var place = [hsize_t](repeating: 0, count: rank)
                place[0] = hsize_t(start + index)
                try HDF5.check("H5Dwrite_chunk", path) {
                    chunk.bytes.withUnsafeBytes {
                        H5Dwrite_chunk(identifier.value, HDF5.defaults, 0, place, $0.count, $0.baseAddress)
                    }
                }
            }
        }
    }

    /// Writes values one after the other into an array with one axis, from an index on.
    func write(_ values: UnsafeBufferPointer<Double>, from start: Int) throws(HDF5Error) {
        let native = try HDF5Type.real.native(for: path)
        let file = try HDF5Identifier("H5Dget_space", path, closingWith: H5Sclose) { H5Dget_space(identifier.value) }
        let (first, count) = ([hsize_t(start)], [hsize_t(values.count)])
        try HDF5.check("H5Sselect_hyperslab", path) {
            H5Sselect_hyperslab(file.value, H5S_SELECT_SET, first, nil, count, nil)
        }
        let memory = try HDF5Identifier("H5Screate_simple", path, closingWith: H5Sclose) {
            H5Screate_simple(1, count, nil)
        }
        try HDF5.check("H5Dwrite", path) {
            H5Dwrite(identifier.value, native.value, memory.value, file.value, HDF5.defaults, values.baseAddress)
        }
    }
}
