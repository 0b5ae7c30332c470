//! What other libraries have and this one does not: networks, databases, user interfaces and the like.
//!
//! A program that asks for one of them gets the reason once, and not a name that merely looks alike.

/// Parts of other libraries: the words that their modules are known by, and what to say of them.
const ABSENT: [(&[&str], &str); 12] = [
    (
        &[
            "net", "http", "https", "rest", "sockets", "streams", "url", "email",
        ],
        "the library has no network; a `capability` can declare what the host provides",
    ),
    (
        &["db", "database", "sqlite", "sql"],
        "the library has no databases; a `capability` can declare what the host provides",
    ),
    (
        &["ui", "html", "vdom", "layout", "liveview", "Html", "VNode"],
        "the library has no user interfaces and no HTML",
    ),
    (
        &["i18n"],
        "the library has no translations; a `Map` can hold the texts of a language",
    ),
    (
        &["crypto"],
        "the library has no cryptography; a `capability` can declare what the host provides",
    ),
    (
        &["concurrent", "concurrency", "channel"],
        "there is no concurrency; effects run one after the other",
    ),
    (
        &[
            "matrix",
            "vector",
            "graph",
            "geometry",
            "signal",
            "probability",
            "linear_algebra",
            "quaternion",
            "complex",
            "units",
            "color",
        ],
        "the library has no such module; one of your own can define the type, and a `domain` its operators",
    ),
    (
        &["calendar", "timezone", "TimeZone", "ZonedDateTime"],
        "`aivi.date`, `aivi.instant` and `aivi.duration` calculate with days and times",
    ),
    (
        &["collections"],
        "each collection has a module of its own: `aivi.list`, `aivi.map`, `aivi.set`",
    ),
    (&["log"], "`console.error` writes a line to standard error"),
    (
        &["Source", "SourceError"],
        "what reads is an effect: `Effect File Text` may fail with a `FileError`",
    ),
    (&["system"], "see `aivi.env`, `aivi.args` and `aivi.exit`"),
];

/// What to say of a module of the library that is not there.
pub(super) fn module(path: &str) -> Option<&'static str> {
    let mut words = path.split('.');
    (words.next() == Some("aivi"))
        .then(|| words.find_map(word))
        .flatten()
}

/// What to say of the name of a module that is not there.
pub(super) fn word(word: &str) -> Option<&'static str> {
    let found = ABSENT.iter().find(|(words, _)| words.contains(&word));
    found.map(|(_, help)| *help)
}
