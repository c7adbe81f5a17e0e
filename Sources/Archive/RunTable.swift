/// A table of a run file: named columns of equal length. The first column is the axis of the others.
public struct RunTable: Sendable, Equatable {
    /// A named column.
    public struct Column: Sendable, Equatable {
        /// The values of a column, one a row.
        public enum Values: Sendable, Equatable {
            /// Reals; NaN where there is no value.
            case reals([Double])
            /// Integers.
            case integers([Int64])
            /// Texts, without zero bytes.
            case texts([String])

            /// The number of rows.
            public var count: Int {
                switch self {
                case .reals(let values): values.count
                case .integers(let values): values.count
                case .texts(let values): values.count
                }
            }
        }

        /// The name: ASCII letters, digits and underscores.
        public var name: String
        /// The values.
        public var values: Values
        /// The unit, such as `radian`, where there is one.
        public var units: String?

        /// A column of values.
        public init(_ name: String, _ values: Values, units: String? = nil) {
            self.name = name
            self.values = values
            self.units = units
        }
    }

    /// The name: ASCII letters, digits and underscores.
    public var name: String
    /// The columns in their order.
    public var columns: [Column]

    /// A table of columns.
    public init(_ name: String, columns: [Column]) {
        self.name = name
        self.columns = columns
    }

    /// The number of rows.
    public var rowCount: Int { columns.first?.values.count ?? 0 }
}
