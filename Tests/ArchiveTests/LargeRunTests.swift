import Archive
import Foundation
import Testing

@Suite struct LargeRunTests {
    /// 256² cells, 41 outputs, 10⁴ experts: 31 MB of values.
    @Test func aLargeRunComesBackWhole() throws {
        var contents = try sampleRun(cells: [256, 256], outputs: 41, experts: 10_000)
        contents.densities = contents.times.map { time in
            (0..<256 * 256).map { cell in
                let (x, y) = (Double(cell % 256) / 256, Double(cell / 256) / 256)
                return exp(sin(2 * .pi * x + time) * cos(2 * .pi * y)) / (4 * .pi * .pi)
            }
        }
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run.h5")
        try RunFileWriter.write(contents, to: url)
        #expect(try RunFileReader.contents(of: url) == contents)
    }
}
