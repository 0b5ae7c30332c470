//! Files as WASI preview 1 shows them: directories that were granted under names, descriptors, and numbers for errors.
//! `runtime-wat/wasip1/file.wat` does the same.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::SystemTime;

/// The most that one `read` gives.
const CHUNK: usize = 32768;

const NOT_OPEN: i64 = 8;
const INVALID: i64 = 28;
const IS_DIRECTORY: i64 = 31;
const NOT_PERMITTED: i64 = 76;

/// An open file, or the names of a directory that were not asked for yet.
#[derive(Debug)]
enum Open {
    File(File),
    Directory(Vec<String>),
}

/// The files that a program may touch, and those that it has open.
#[derive(Default, Debug)]
pub struct Files {
    /// Directories of the host and the names under which the program sees them.
    granted: Vec<(PathBuf, String)>,
    open: HashMap<i64, Open>,
    error: i64,
    size: i64,
    modified: i64,
}

impl Clone for Files {
    /// The same granted directories, nothing open.
    fn clone(&self) -> Files {
        Files::new(self.granted.clone())
    }
}

impl Files {
    /// The files of some directories of the host under the names that the program knows.
    pub fn new(granted: Vec<(PathBuf, String)>) -> Files {
        Files {
            granted,
            ..Files::default()
        }
    }

    /// How the last operation ended: 0, or WASI's number of the error.
    pub fn error(&self) -> i64 {
        self.error
    }

    /// Opens a file; gives its descriptor, or -1.
    pub fn open(&mut self, path: &str, mode: i64) -> i64 {
        let Some(path) = self.find(path) else {
            return -1;
        };
        let opened = match mode {
            0 => File::open(&path),
            1 => File::create(&path),
            _ => OpenOptions::new().append(true).create(true).open(&path),
        };
        match self.outcome(opened) {
            Some(_) if mode == 0 && path.is_dir() => {
                self.error = IS_DIRECTORY;
                -1
            }
            Some(file) => self.descriptor(Open::File(file)),
            None => -1,
        }
    }

    /// Opens a directory to list it; gives its descriptor, or -1.
    pub fn open_directory(&mut self, path: &str) -> i64 {
        let Some(path) = self.find(path) else {
            return -1;
        };
        let Some(entries) = self.outcome(fs::read_dir(path)) else {
            return -1;
        };
        let names = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        self.descriptor(Open::Directory(names))
    }

    fn descriptor(&mut self, open: Open) -> i64 {
        let first = 3 + self.granted.len() as i64;
        let free = (first..).find(|number| !self.open.contains_key(number));
        let number = free.unwrap_or(first);
        self.open.insert(number, open);
        number
    }

    /// At most so many bytes; none at the end, or after an error.
    pub fn read(&mut self, file: i64, size: i64) -> Vec<u8> {
        let size = usize::try_from(size).unwrap_or(CHUNK).min(CHUNK);
        let mut bytes = vec![0; size];
        let read = self.with_file(file, |file| file.read(&mut bytes));
        bytes.truncate(read.unwrap_or(0));
        bytes
    }

    /// Writes all of the bytes.
    pub fn write(&mut self, file: i64, bytes: &[u8]) {
        self.with_file(file, |file| file.write_all(bytes));
    }

    /// Moves the position; gives the new one, or -1.
    pub fn seek(&mut self, file: i64, by: i64) -> i64 {
        let place = self.with_file(file, |file| file.seek(SeekFrom::Current(by)));
        place
            .and_then(|place| i64::try_from(place).ok())
            .unwrap_or(-1)
    }

    fn with_file<T>(
        &mut self,
        file: i64,
        action: impl FnOnce(&mut File) -> std::io::Result<T>,
    ) -> Option<T> {
        let Some(Open::File(file)) = self.open.get_mut(&file) else {
            self.error = NOT_OPEN;
            return None;
        };
        let outcome = action(file);
        self.outcome(outcome)
    }

    /// Closes a descriptor.
    pub fn close(&mut self, file: i64) {
        let closed = self.open.remove(&file).is_some();
        self.error = if closed { 0 } else { NOT_OPEN };
    }

    /// What a path names: 3 a directory, 4 a file, 0 something else, -1 after an error.
    pub fn kind(&mut self, path: &str) -> i64 {
        let Some(path) = self.find(path) else {
            return -1;
        };
        let Some(data) = self.outcome(fs::metadata(path)) else {
            return -1;
        };
        self.size = i64::try_from(data.len()).unwrap_or(i64::MAX);
        let since = data
            .modified()
            .ok()
            .and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        self.modified = since.map_or(0, |since| since.as_nanos() as i64);
        match (data.is_dir(), data.is_file()) {
            (true, _) => 3,
            (_, true) => 4,
            _ => 0,
        }
    }

    /// How many bytes the file has that `kind` was asked for last.
    pub fn size(&self) -> i64 {
        self.size
    }

    /// When it was changed, in nanoseconds since 1970-01-01T00:00:00Z.
    pub fn modified(&self) -> i64 {
        self.modified
    }

    /// The next name of a directory; empty at its end.
    pub fn next(&mut self, directory: i64) -> Vec<u8> {
        match self.open.get_mut(&directory) {
            Some(Open::Directory(names)) => {
                self.error = 0;
                names.pop().unwrap_or_default().into_bytes()
            }
            _ => {
                self.error = NOT_OPEN;
                Vec::new()
            }
        }
    }

    /// Makes a directory.
    pub fn create_directory(&mut self, path: &str) {
        self.change(path, fs::create_dir);
    }

    /// Removes a file.
    pub fn remove_file(&mut self, path: &str) {
        self.change(path, |path| {
            if path.symlink_metadata()?.is_dir() {
                return Err(ErrorKind::IsADirectory.into());
            }
            fs::remove_file(path)
        });
    }

    /// Removes an empty directory.
    pub fn remove_directory(&mut self, path: &str) {
        self.change(path, fs::remove_dir);
    }

    /// Gives a file or directory another path.
    pub fn rename(&mut self, path: &str, new: &str) {
        if let Some(path) = self.find_inside(path)
            && let Some(new) = self.find_inside(new)
        {
            self.outcome(fs::rename(path, new));
        }
    }

    fn change(&mut self, path: &str, action: impl FnOnce(PathBuf) -> std::io::Result<()>) {
        if let Some(path) = self.find_inside(path) {
            let outcome = action(path);
            self.outcome(outcome);
        }
    }

    /// Remembers the error, or that there is none.
    fn outcome<T>(&mut self, outcome: std::io::Result<T>) -> Option<T> {
        match outcome {
            Ok(value) => {
                self.error = 0;
                Some(value)
            }
            Err(error) => {
                self.error = number(&error);
                None
            }
        }
    }

    /// The host's path for what lies inside of a granted directory: the directory itself stays where it is.
    fn find_inside(&mut self, path: &str) -> Option<PathBuf> {
        let found = self.find(path)?;
        if self.granted.iter().any(|(host, _)| *host == found) {
            self.error = INVALID;
            return None;
        }
        Some(found)
    }

    /// The host's path for a path of the program: below the granted directory with the longest name that it begins with.
    fn find(&mut self, path: &str) -> Option<PathBuf> {
        let absolute = path.starts_with('/');
        let path = skip(path);
        let mut best: Option<(usize, &PathBuf, &str)> = None;
        for (host, name) in &self.granted {
            let same = name.starts_with('/') == absolute;
            let name = skip(name).trim_end_matches('/');
            let Some(rest) = path.strip_prefix(name) else {
                continue;
            };
            let inside = name.is_empty() || rest.is_empty() || rest.starts_with('/');
            // A relative path lies below the root, too, but rather elsewhere.
            let reached = same || (!absolute && name.is_empty());
            let score = 2 * name.len() + usize::from(same);
            if inside && reached && best.is_none_or(|(other, ..)| score > other) {
                best = Some((score, host, skip(rest)));
            }
        }
        let found = best.filter(|(.., rest)| !escapes(rest));
        self.error = if found.is_some() { 0 } else { NOT_PERMITTED };
        found.map(|(_, host, rest)| match rest {
            "" => host.clone(),
            rest => host.join(rest),
        })
    }
}

/// Whether a path leads above the directory that it begins in.
fn escapes(path: &str) -> bool {
    let mut depth = 0_i64;
    path.split('/').any(|part| {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        depth < 0
    })
}

/// A path without any `/` and `./` that it begins with, and without a `.` that is all of it.
fn skip(path: &str) -> &str {
    let mut rest = path;
    loop {
        rest = match rest.strip_prefix('/') {
            Some(shorter) => shorter,
            None if rest == "." => "",
            None => match rest.strip_prefix("./") {
                Some(shorter) => shorter,
                None => return rest,
            },
        };
    }
}

/// WASI's number of an error.
fn number(error: &std::io::Error) -> i64 {
    /// `EBADF` on every Unix; the library has no kind for it.
    const BAD_DESCRIPTOR: i32 = 9;
    if cfg!(unix) && error.raw_os_error() == Some(BAD_DESCRIPTOR) {
        return NOT_OPEN;
    }
    match error.kind() {
        ErrorKind::NotFound => 44,
        ErrorKind::PermissionDenied => 2,
        ErrorKind::AlreadyExists => 20,
        ErrorKind::NotADirectory => 54,
        ErrorKind::IsADirectory => IS_DIRECTORY,
        ErrorKind::DirectoryNotEmpty => 55,
        ErrorKind::InvalidInput => INVALID,
        ErrorKind::ReadOnlyFilesystem => 69,
        ErrorKind::StorageFull => 51,
        ErrorKind::QuotaExceeded => 19,
        ErrorKind::FileTooLarge => 22,
        ErrorKind::CrossesDevices => 75,
        ErrorKind::NotSeekable => 70,
        ErrorKind::InvalidFilename => 37,
        ErrorKind::Unsupported => 58,
        _ => 29,
    }
}
