import Experts
import Foundation
import Yams

/// A value of an experiment file with its place, so that every complaint names the file, the line and the key.
struct ConfigurationNode {
    /// The parsed value.
    let node: Node
    /// Its path of keys, such as `particles.counts`.
    let key: String
    /// The file it stands in.
    let source: String
    /// The values that `--set` replaced, by key: their place is the option, not the file.
    var overrides: [String: String] = [:]

    func error(_ problem: String) -> ExperimentError {
        let option = overrides.first { path, _ in
            // A value within the replaced one, or one that the option alone brought in on its way.
            key == path || key.hasPrefix("\(path).") || key.hasPrefix("\(path)[")
                || (node.mark == nil && path.hasPrefix("\(key)."))
        }
        return ExperimentError(
            source: option?.value ?? source, line: option == nil ? node.mark?.line : nil, key: key, problem: problem)
    }

    /// The value as it would be quoted in a message.
    private var found: String {
        switch node {
        case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "'\(scalar.string)'"
        case .sequence: "a list"
        case .mapping: "keys and values"
        case .alias: "an alias"
        }
    }

    private func child(_ node: Node, _ name: String) -> ConfigurationNode {
        ConfigurationNode(
            node: node, key: key.isEmpty ? name : "\(key).\(name)", source: source, overrides: overrides)
    }

    /// The values of a mapping by key.
    ///
    /// - Parameter known: the keys that may occur; another one is an error that names the nearest of them.
    /// - Throws: `ExperimentError`.
    func children(known: [String]) throws -> [String: ConfigurationNode] {
        var result: [String: ConfigurationNode] = [:]
        for (name, value) in try entries() {
            guard known.contains(name) else {
                let nearest = NearestName.nearest(to: name, among: known).map { "did you mean '\($0.name)'? " } ?? ""
                throw value.error("unknown key '\(name)': \(nearest)the keys are \(known.joined(separator: ", "))")
            }
            result[name] = value
        }
        return result
    }

    /// The pairs of a mapping in their order, whatever the keys.
    ///
    /// - Throws: `ExperimentError` when the value is not a mapping, or a key is not a word.
    func entries() throws -> [(String, ConfigurationNode)] {
        guard case .mapping(let mapping) = node else { throw error("found \(found), expected keys and values") }
        return try mapping.map { key, value in
            guard case .scalar(let scalar) = key else { throw error("a key must be a word") }
            return (scalar.string, child(value, scalar.string))
        }
    }

    /// The elements of a list.
    func elements() throws -> [ConfigurationNode] {
        guard case .sequence(let sequence) = node else { throw error("found \(found), expected a list in [ ]") }
        return sequence.enumerated().map { index, value in
            ConfigurationNode(node: value, key: "\(key)[\(index)]", source: source, overrides: overrides)
        }
    }

    var isList: Bool { if case .sequence = node { true } else { false } }
    var isMapping: Bool { if case .mapping = node { true } else { false } }

    /// The text of a scalar.
    func text() throws -> String {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
            throw error("found \(found), expected a text")
        }
        return scalar.string
    }

    /// A finite number; `pi` and its multiples are understood.
    func number() throws -> Double {
        guard case .scalar(let scalar) = node, let value = AngleText.number(scalar.string) else {
            throw error("found \(found), expected a finite number")
        }
        return value
    }

    /// A finite number above 0.
    func positiveNumber() throws -> Double {
        let value = try number()
        guard value > 0 else { throw error("found \(value), expected a number above 0") }
        return value
    }

    /// A whole number within bounds.
    func integer(in range: ClosedRange<Int>) throws -> Int {
        guard case .scalar(let scalar) = node,
            let value = Int(scalar.string) ?? Double(scalar.string).flatMap({ Int(exactly: $0) })
        else { throw error("found \(found), expected a whole number") }
        guard range.contains(value) else {
            let bounds =
                range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw error("found \(value), expected \(bounds)")
        }
        return value
    }

    /// `true` or `false`.
    func truth() throws -> Bool {
        guard case .scalar = node, let value = node.bool else { throw error("found \(found), expected true or false") }
        return value
    }

    /// One of several words.
    func choice(of words: [String]) throws -> String {
        let word = try text()
        guard words.contains(word) else {
            let nearest = NearestName.nearest(to: word, among: words).flatMap { $0.edits <= 2 ? $0.name : nil }
            let hint = nearest.map { "did you mean '\($0)'? " } ?? ""
            throw error("found '\(word)': \(hint)expected \(words.joined(separator: ", "))")
        }
        return word
    }
}

extension ConfigurationNode {
    /// Reads a YAML text whose top is a mapping.
    ///
    /// - Throws: `ExperimentError` with the line at which the text is not YAML.
    init(yaml text: String, source: String) throws {
        self.init(node: try Self.compose(text, source: source, key: ""), key: "", source: source)
    }

    private static func compose(_ text: String, source: String, key: String) throws -> Node {
        func failure(_ line: Int?, _ problem: String) -> ExperimentError {
            ExperimentError(source: source, line: line, key: key, problem: problem)
        }
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw failure(nil, "the text is empty, expected keys and values")
            }
            return node
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                throw failure(mark.line, "not YAML: \(problem)")
            case .duplicatedKeysInMapping(let names, let context):
                throw failure(context.mark.line, "the key '\(names.first ?? "")' stands twice: keep one")
            default: throw failure(nil, "not YAML: \(error)")
            }
        }
    }

    /// The same configuration with one value replaced, as by `--set a.b=value`.
    ///
    /// - Precondition: the assignment has the form `key=value`.
    /// - Throws: `ExperimentError` when the value is not YAML, or the path leads through something that is no mapping.
    func setting(_ assignment: String) throws -> ConfigurationNode {
        let source = "--set \(assignment)"
        guard let equals = assignment.firstIndex(of: "=") else { preconditionFailure("an assignment without =") }
        let path = assignment[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let text = String(assignment[assignment.index(after: equals)...])
        let value = try Self.compose(text, source: source, key: path.joined(separator: "."))
        func replaced(_ node: Node?, _ path: ArraySlice<String>) throws -> Node {
            guard let name = path.first else { return value }
            let mapping: Node.Mapping
            switch node {
            case .mapping(let found): mapping = found
            case nil: mapping = Node.Mapping([])
            case .some:
                throw ExperimentError(
                    source: source, line: nil, key: "", problem: "'\(name)' would stand in a value that has no keys")
            }
            var copy = mapping
            copy[Node(name)] = try replaced(mapping[Node(name)], path.dropFirst())
            return .mapping(copy)
        }
        var result = ConfigurationNode(
            node: try replaced(node, path[...]), key: key, source: self.source, overrides: overrides)
        result.overrides[path.joined(separator: ".")] = source
        return result
    }
}
