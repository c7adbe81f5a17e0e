import Archive
import ArgumentParser
import Chaos
import Continuum
import Experts
import Foundation
import Particles
import Torus
import Training
import Transport

/// The command's end when something is wrong: one message on standard error and a code of `sysexits.h`.
enum FailureReport {
    /// Runs a command's work, and turns an error into a message and an exit code.
    ///
    /// - Throws: `ExitCode`; what argument parsing throws goes through.
    static func reporting(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let error as ValidationError {
            throw error
        } catch let error as ExitCode {
            throw error
        } catch {
            let advice = if case ArchiveError.exists = error { " with --overwrite" } else { "" }
            StandardError.write("kac: error: \(error)\(advice)\n")
            throw ExitCode(code(of: error))
        }
    }

    static func code(of error: any Error) -> Int32 {
        switch error {
        case is MissingInput, CSVError.unreadable: EX_NOINPUT
        case ShippedDataError.exists, ShippedDataError.notWritable: EX_CANTCREAT
        case ShippedDataError.unknown: EX_USAGE
        case is ShippedDataError: EX_NOINPUT
        case PythonError.failed: EX_SOFTWARE
        case is PythonError: EX_UNAVAILABLE
        case is ExperimentError, is CSVError, is TrainingError, is OpenQASMError, is OpenQASMWriterError,
            is PauliSumError, is ExpertError, is CircuitRefusal, is ExpansionError, is GridError, is GridFileError,
            is AtomFileError, is DistanceProblemError, is TransportError, is MemoryEstimate.Excess:
            EX_DATAERR
        case let error as UnwrittenRun: code(of: error.error)
        case is CheckpointMismatch, is NoWholeCheckpoint, is OtherRun, is NothingToExport: EX_DATAERR
        case is UnfinishedRun: EX_CANTCREAT
        case is StudyInterruption: EX_TEMPFAIL
        case StudyError.notWritable, StudyError.occupied: EX_CANTCREAT
        case StudyError.limitEnded: EX_SOFTWARE
        case is StudyError, is FluctuationError, is ScalingError, is GradientDescentError: EX_DATAERR
        case ContinuumError.underResolved: EX_SOFTWARE
        case is ContinuumError: EX_DATAERR
        case let error as ArchiveError: code(of: error)
        default: EX_SOFTWARE
        }
    }

    private static func code(of error: ArchiveError) -> Int32 {
        switch error {
        case .exists, .notAFile, .notAFolder, .reservedName, .isTheSource, .parentMissing, .parentNotAFolder,
            .notWritable, .readOnly:
            EX_CANTCREAT
        case .outOfSpace, .system: EX_IOERR
        case .busy: EX_TEMPFAIL
        case .notFound, .notReadable: EX_NOINPUT
        case .notHDF5, .truncated, .notARunFile, .notACheckpoint, .unusable, .damaged: EX_DATAERR
        case .inconsistent, .library: EX_SOFTWARE
        }
    }
}
