import Foundation

/// The date of a run as a text such as `2026-03-01 12:30:05 +0000`.
enum RunDate {
    /// The text of a date, in UTC.
    static func text(_ date: Date) -> String {
        let part = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let day = [part.year, part.month, part.day].map { padded($0 ?? 0) }.joined(separator: "-")
        let time = [part.hour, part.minute, part.second].map { padded($0 ?? 0) }.joined(separator: ":")
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
        guard let date = calendar.date(from: parts), Self.text(date) == text else { return nil }
        return date
    }

    private static var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
