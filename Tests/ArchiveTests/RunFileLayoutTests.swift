import CHDF5
import Foundation
import Testing
import Torus

@testable import Archive

@Suite struct RunFileLayoutTests {
    private func root(of contents: RunContents, _ body: (HDF5Group) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run.h5")
        try RunFileWriter.write(contents, to: url)
        try body(HDF5File(reading: url.path).root())
    }

    private func dataset(_ name: String, in group: HDF5Group) throws -> HDF5Dataset {
        guard case .dataset(let dataset) = try group.member(name) else {
            throw HDF5Error(operation: "member", path: name, messages: [])
        }
        return dataset
    }

    @Test func numbersAreLittleEndianOf64Bits() throws {
        try root(of: try sampleRun(cells: [6, 4])) { root in
            for name in try root.memberNames()
            where !(["tables", "inputs", "ensembles"] + NetCDFRootView.viewNames).contains(name) {
                let array = try dataset(name, in: root)
                let isIndex = name == "expert" || name == "datum"
                let isExpected = try HDF5.check("H5Tequal", name) {
                    let type = H5Dget_type(array.identifier.value)
                    defer { H5Tclose(type) }
                    return H5Tequal(type, isIndex ? H5T_STD_I64LE : H5T_IEEE_F64LE)
                }
                #expect(isExpected > 0, "\(name)")
            }
        }
    }

    /// The largest ensemble is stored once, by two names.
    @Test func theLargestEnsembleCostsNothingTwice() throws {
        try root(of: try sampleRun(cells: [6, 4])) { root in
            let (first, second) = (
                try root.dataset(at: "expert_y"), try root.dataset(at: "ensembles/n5/r0/expert_y")
            )
            #expect(try first.place().address == second.place().address)
            #expect(try root.dataset(at: "ensembles/n2/r1/expert_y").extent() == [3, 2])
        }
    }

    @Test func textsAreScalarsOfExactlyTheirBytes() throws {
        try root(of: try sampleRun(cells: [6])) { root in
            for (name, size) in [("title", 8), ("experiment", 14), ("software", 3)] {
                try HDF5.check("H5Aopen", name) {
                    let attribute = H5Aopen(root.identifier.value, name, HDF5.defaults)
                    let (type, space) = (H5Aget_type(attribute), H5Aget_space(attribute))
                    #expect(H5Tget_size(type) == size, "\(name)")
                    #expect(H5Tget_strpad(type) == H5T_STR_NULLPAD && H5Tget_cset(type) == H5T_CSET_ASCII)
                    #expect(H5Sget_simple_extent_type(space) == H5S_SCALAR)
                    H5Sclose(space)
                    H5Tclose(type)
                    return H5Aclose(attribute)
                }
            }
        }
    }

    @Test func axesChunksAndAttributes() throws {
        try root(of: try sampleRun(cells: [4, 6, 10])) { root in
            let density = try dataset("density", in: root)
            #expect(try density.extent() == [3, 10, 6, 4])
            #expect(try density.chunk() == [1, 10, 6, 4])
            #expect(try density.isExtensible())
            #expect(try density.text(attribute: "units") == "radian^-3")
            #expect(try dataset("expert_z", in: root).chunk() == [1, 5])
            let x = try dataset("x", in: root)
            #expect(try x.extent() == [4])
            #expect(try x.real(attribute: "period") == 2 * Double.pi)
            #expect(try x.text(attribute: "units") == "radian")
            #expect(try root.integer(attribute: "ensemble_count") == 5)
            for name in ["time", "x", "y", "z", "expert", "datum"] {
                let scale = try dataset(name, in: root)
                let isScale = try HDF5.check("H5DSis_scale", name) { H5DSis_scale(scale.identifier.value) }
                #expect(isScale > 0, "\(name)")
            }
            for (axis, name) in ["time", "z", "y", "x"].enumerated() {
                let scale = try dataset(name, in: root)
                let isAttached = try HDF5.check("H5DSis_attached", name) {
                    H5DSis_attached(density.identifier.value, scale.identifier.value, UInt32(axis))
                }
                #expect(isAttached > 0, "\(name)")
            }
        }
    }

    @Test func chunksStayBelowOneGibibyte() {
        #expect(NetCDFRootView.chunk(of: [64, 48]) == [64, 48])
        #expect(NetCDFRootView.chunk(of: [1024, 1024, 1024]) == [128, 1024, 1024])
        #expect(NetCDFRootView.chunk(of: [1 << 30]) == [1 << 27])
    }

    @Test func datesKeepTheirSecond() throws {
        let date = Date(timeIntervalSince1970: 1_767_323_045)
        #expect(RunDate.text(date) == "2026-01-02 03:04:05 +0000")
        #expect(RunDate.date("2026-01-02 03:04:05 +0000") == date)
        for text in ["", "2026-01-02", "2026-13-02 03:04:05 +0000", "2026-01-02 03:04:05 +0100"] {
            #expect(RunDate.date(text) == nil)
        }
    }

    /// The other views hold nothing of the master data again: links and virtual arrays.
    @Test func viewsAreTheSameData() throws {
        try root(of: try sampleRun(cells: [6, 4])) { root in
            let density = try dataset("density", in: root).place().address
            #expect(try root.dataset(at: "/VTKHDF/CellData/density").place().address == density)
            let time = try dataset("time", in: root).place().address
            for group in ["VTKHDF", "VTKHDF_experts"] {
                #expect(try root.dataset(at: "/\(group)/Steps/Values").place().address == time)
            }
            for path in [
                "/VTKHDF_experts/Points", "/VTKHDF_experts/PointData/weight", "/data/2/meshes/density",
                "/data/2/particles/experts/position/y", "/data/2/particles/experts/id",
            ] {
                let array = try root.dataset(at: path)
                #expect(try array.chunk() == nil && array.storedBytes() == 0, "\(path)")
            }
            let points = try root.dataset(at: "/VTKHDF_experts/Points").reals(count: 3 * 3 * 5)
            let x = try dataset("expert_x", in: root).reals(count: 15)
            let y = try dataset("expert_y", in: root).reals(count: 15)
            #expect(points == zip(x, y).flatMap { [$0, $1, 0] })
            #expect(
                try root.dataset(at: "/data/1/meshes/density").reals(count: 24)
                    == dataset("density", in: root).reals(count: 24, row: 1))
        }
    }

    @Test func viewsHaveTheirPrice() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run.h5")
        try RunFileWriter.write(try sampleRun(cells: [6, 4]), to: url)
        let views = try RunFileReader.views(of: url)
        #expect(views.map(\.name) == ["VTKHDF", "VTKHDF_experts", "data"])
        // Image data are links, but for the vectors of the velocity; an iteration has density, potential, two velocities, and of the
        // experts position, weight, number and six numbers of patches.
        #expect(views[0].arrayCount == 1 && views[2].arrayCount == 3 * (4 + 2 + 2 + 6))
        let size = try #require(try url.resourceValues(forKeys: [.fileSizeKey]).fileSize)
        #expect(views.allSatisfy { $0.storedBytes > 500 })
        #expect(views.reduce(0) { $0 + $1.storedBytes } < size)
        try RunFileWriter.write(try sampleRun(cells: [6, 4], experts: nil), to: url, overwrite: true)
        #expect(try RunFileReader.views(of: url).map(\.name) == ["VTKHDF", "data"])
    }

    /// Of long runs some outputs are shown as iterations, among them the first and the last.
    @Test func iterationsOfLongRunsAreThinned() {
        #expect(OpenPMDView.outputs(of: 128) == Array(0..<128))
        for count in [129, 255, 1000, 100_000] {
            let outputs = OpenPMDView.outputs(of: count)
            #expect(outputs.count == 128 && outputs[0] == 0 && outputs[127] == count - 1)
            #expect(zip(outputs, outputs.dropFirst()).allSatisfy { $0 < $1 })
        }
    }
}
