import Foundation

/// The date of a run as a text such as `2026-03-01 12:30:05 +0000`.
enum RunDate {
    /// The text of a date, in UTC.
    static func text(_ date: Date) -> String {
        // A calendar of Foundation's takes a millisecond to be made, and small runs are written in ten.
        var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
        var part = tm()
        gmtime_r(&seconds, &part)
        let day = [1900 + part.tm_year, 1 + part.tm_mon, part.tm_mday].map { padded(Int($0)) }.joined(separator: "-")
        let time = [part.tm_hour, part.tm_min, part.tm_sec].map { padded(Int($0)) }.joined(separator: ":")
        return "\(day) \(time) +0000"
    }

    /// The date of a text; nil when it is not of that form.
    static func date(_ text: String) -> Date? {
        let words = text.split(separator: " ")
        guard words.count == 3, words[2] == "+0000" else { return nil }
        let day = words[0].split(separator: "-").compactMap { Int($0) }
        let time = words[1].split(separator: ":").compactMap { Int($0) }
        guard day.count == 3, time.count == 3 else { return nil }
        let parts = DateComponents(
            year: day[0], month: day[1], day: day[2], hour: time[0], minute: time[1], second: time[2])
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        guard let date = calendar.date(from: parts), Self.text(date) == text else { return nil }
        return date
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
