import ArgumentParser

@main
struct Kac: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "kac", version: "0.1.0")
}
