import Archive
import Foundation

/// What is written of a run while it goes on: readers look at it, and a kill does not take it back.
final class RunningOutput {
    private let section: OutputSection
    private let destination: URL
    private let folder: OutputFolder
    private let deflation: Deflation
    private let progress: Progress
    private var overwrite: Bool
    private var due = -Double.infinity
    /// Held while something is written.
    private let turn = NSLock()

    /// How much of the run the run file has, which never becomes less: outputs of the limit, then replicates.
    private var stored: (outputs: Int, replicates: Int64)

    /// - Parameter unfinished: what an interrupted run left in the run file, to go on from.
    /// - Throws: `UnfinishedRun` when there are outputs of a run that was interrupted and is begun anew; `ArchiveError.notAFolder`.
    init(
        _ section: OutputSection, to destination: URL, resumes: Bool, after unfinished: RunContents?, overwrite: Bool,
        deflation: Deflation, progress: Progress
    ) throws {
        stored = unfinished?.extent ?? (0, 0)
        self.deflation = deflation
        self.section = section
        self.destination = destination
        self.progress = progress
        self.overwrite = overwrite
        folder = OutputFolder(beside: destination)
        guard section.mode == .files else { return }
        try folder.check()
        if !resumes, !folder.isEmpty {
            guard overwrite else { throw UnfinishedRun(folder: folder.url.relativePathIfShorter) }
            folder.remove()
        }
    }

    /// Whether the run file is there, made by this run, and may be replaced.
    private(set) var hasWritten = false

    /// Writes what the mode asks for; what cannot be written is told, and tried again at the next milestone. May be called from any thread:
    /// who comes while another one writes has nothing to add.
    func reached(_ milestone: Simulation.Milestone, _ contents: () -> RunContents) {
        guard turn.try() else { return }
        defer { turn.unlock() }
        do {
            switch section.mode {
            case .end: break
            case .files:
                guard milestone == .output else { break }
                let contents = contents()
                _ = try progress.saving({ $0.relativePathIfShorter }) {
                    try folder.writeLast(of: contents, deflation: deflation)
                }
            case .update:
                let start = Self.now
                guard milestone == .limit || start >= due else { break }
                var contents = contents()
                contents.isComplete = false
                // A run that goes on passes by what was there already.
                guard contents.extent >= stored else { break }
                let replicates = contents.storedReplicates.map { " and \($0) replicates" } ?? ""
                let name = "\(destination.relativePathIfShorter) with \(contents.times.count) outputs\(replicates)"
                try progress.saving({ name }) {
                    try RunFileWriter.write(
                        contents, to: destination, overwrite: overwrite || hasWritten, deflation: deflation,
                        sidecars: true)
                }
                hasWritten = true
                stored = contents.extent
                // Updates take a twentieth of the time at most.
                due = Self.now + max(section.updateSeconds, 20 * (Self.now - start))
            }
        } catch {
            progress.warn("an output is not saved yet: \(error)")
        }
    }

    /// Removes what the run file has taken the place of.
    func finish() { folder.remove() }

    private static var now: Double { 1e-9 * Double(DispatchTime.now().uptimeNanoseconds) }
}

extension RunContents {
    /// How much of a run there is: outputs of the limit, then replicates.
    fileprivate var extent: (outputs: Int, replicates: Int64) { (times.count, storedReplicates ?? 0) }

    /// The replicates that the table of the comparison has the means of.
    fileprivate var storedReplicates: Int64? {
        let column = tables.first { $0.name == "comparison" }?.columns.first { $0.name == "replicates" }
        guard case .integers(let numbers)? = column?.values else { return nil }
        return numbers.first
    }
}
