//! Dates and instants as they are written in ISO 8601, in the proleptic Gregorian calendar.

/// Why a text is no date or instant: the part that is wrong, in bytes of the text, and what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Invalid {
    pub start: usize,
    pub end: usize,
    pub message: String,
}

/// A year, a month and a day.
pub(super) type Date = (i64, i64, i64);

/// `2024-05-21`
pub(super) fn date(text: &str) -> Result<Date, Invalid> {
    let whole = |message: &str| Invalid {
        start: 0,
        end: text.len(),
        message: message.to_owned(),
    };
    let form = "a date is written `2024-05-21`: a year of four digits, a month and a day of two";
    let well_formed = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !well_formed {
        return Err(whole(form));
    }
    let (year, month, day) = (number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
    if !(1..=12).contains(&month) {
        return Err(invalid(5, 7, format!("there is no month {month}")));
    }
    let length = days_of_month(year, month);
    if day < 1 || day > length {
        let message = format!("{year:04}-{month:02} has {length} days");
        return Err(invalid(8, 10, message));
    }
    Ok((year, month, day))
}

/// `2024-05-21T12:00:00.5+02:00`: the seconds since 1970-01-01T00:00:00Z, and the nanoseconds above them.
pub(super) fn instant(text: &str) -> Result<(i64, i64), Invalid> {
    let (year, month, day) = date(text.get(..10).unwrap_or(text))?;
    let (hour, minute, second) = (
        limited(text, 11, 23, "hour")?,
        limited(text, 14, 59, "minute")?,
        limited(text, 17, 59, "second")?,
    );
    let rest = text.get(19..).unwrap_or_default();
    let fraction = rest.strip_prefix('.').unwrap_or_default();
    let digits: String = fraction.chars().take_while(char::is_ascii_digit).collect();
    if digits.len() > 9 {
        let message = "an instant is exact to nanoseconds, which are nine digits".to_owned();
        return Err(invalid(20, 20 + digits.len(), message));
    }
    let nanoseconds = format!("{digits:0<9}").parse().unwrap_or(0);
    let zone = match digits.len() {
        0 => 19,
        length => 20 + length,
    };
    let offset = match text.as_bytes().get(zone) {
        Some(&sign @ (b'+' | b'-')) => {
            let hours = limited(text, zone + 1, 23, "hour")?;
            let minutes = limited(text, zone + 4, 59, "minute")?;
            let offset = hours * 3600 + minutes * 60;
            if sign == b'-' { -offset } else { offset }
        }
        _ => 0,
    };
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    Ok((seconds, nanoseconds))
}

fn invalid(start: usize, end: usize, message: String) -> Invalid {
    Invalid {
        start,
        end,
        message,
    }
}

fn number(text: &str, start: usize, end: usize) -> i64 {
    text.get(start..end)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

/// Two digits, at most `most`.
fn limited(text: &str, at: usize, most: i64, what: &str) -> Result<i64, Invalid> {
    let value = number(text, at, at + 2);
    if value > most {
        return Err(invalid(at, at + 2, format!("there is no {what} {value}")));
    }
    Ok(value)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from 1970-01-01, which is 0. A year counts from March here, so that the leap day is its last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(date("2024-02-29"), Ok((2024, 2, 29)));
        assert_eq!(date("2023-02-29").map_err(|error| error.start), Err(8));
        assert_eq!(date("1900-02-29").map_err(|error| error.start), Err(8));
        assert_eq!(date("2024-13-01").map_err(|error| error.start), Err(5));
        assert_eq!(date("24-1-1").map_err(|error| error.end), Err(6));
    }

    #[test]
    fn instants() {
        assert_eq!(instant("1970-01-01T00:00:00Z"), Ok((0, 0)));
        assert_eq!(
            instant("2024-05-21T12:00:00.5+02:00"),
            Ok((1_716_285_600, 500_000_000))
        );
        assert_eq!(instant("0001-01-01T00:00:00Z"), Ok((-62_135_596_800, 0)));
        assert_eq!(
            instant("2024-05-21T24:00:00Z").map_err(|error| error.start),
            Err(11)
        );
    }
}
