public import Foundation

/// Where a training set comes from, and how its columns become angles and targets.
public struct TrainingSource: Sendable {
    /// An expert's input and the column that feeds it.
    public struct Input: Sendable, Equatable {
        /// The expert's input.
        public let name: String
        /// The column of the table.
        public let column: String
        /// An input fed by a column.
        public init(name: String, column: String) {
            self.name = name
            self.column = column
        }
    }

    /// A class of the target column and the number that stands for it.
    public struct Label: Sendable, Equatable {
        /// The text in the target column.
        public let name: String
        /// The target `y` of the class.
        public let value: Double
        /// A class with its number.
        public init(name: String, value: Double) {
            self.name = name
            self.value = value
        }
    }

    /// The table.
    public var file: URL
    /// The inputs, in any order.
    public var inputs: [Input]
    /// The angles to which the smallest and largest value of each column are mapped, over the selected rows; without it
    /// the columns are angles in radians.
    public var range: ClosedRange<Double>?
    /// The inputs that are no angles: their columns are taken as they are, whatever the range.
    public var unmappedInputs: Set<String> = []
    /// The target column.
    public var target: String
    /// The classes of a classification; rows of other classes are dropped. `nil` for a numerical target.
    public var classes: [Label]?
    /// The share of the rows that is held out, in `[0, 1)`.
    public var testFraction: Double
    /// The seed of the split.
    public var splitSeed: UInt64
    /// A table of held-out rows with the same columns, instead of a split.
    public var evaluation: URL?

    /// A source of numerical targets without a held-out part.
    public init(file: URL, inputs: [Input], target: String) {
        self.file = file
        self.inputs = inputs
        self.target = target
        testFraction = 0
        splitSeed = 0
    }
}
