//! The runtime of compiled programs: WAT files, one topic each, and the table of what they export.
//!
//! Each file is a complete module that imports its siblings by file name. Two names stand for a choice: `collect` for
//! the collector, and `host/…` for the interface to the system. What only the linker knows comes from modules that are
//! no files: `link`, `data` and `zeroed SIZE` (see `heap.wat`); `program` is the program itself, which shows its roots.
//!
//! **Invariant:** [`EXPORTS`] lists every function that a file exports, and nothing else; a test holds it against the
//! decoded files both ways, and against their call graph for what may collect or fault.

/// A file of the runtime.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct File {
    /// The name by which siblings import it.
    pub name: &'static str,
    /// Its path below this crate, for messages.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! files {
    ($($name:literal $path:literal;)*) => {
        &[$(File { name: $name, path: $path, text: include_str!(concat!("../", $path)) }),*]
    };
}

/// All files, each behind those that it imports. `collect` is the default collector.
pub const FILES: &[File] = files! {
    "heap" "heap.wat";
    "host/exit" "wasip1/exit.wat";
    "host/stream" "wasip1/stream.wat";
    "fault" "fault.wat";
    "pages" "pages.wat";
    "collect" "collect-generational.wat";
    "object" "object.wat";
    "arena" "arena.wat";
    "char" "char.wat";
    "text" "text.wat";
    "unicode" "unicode.wat";
    "utf8" "utf8.wat";
    "quote" "quote.wat";
    "decimal" "decimal.wat";
    "int" "int.wat";
    "bytes" "bytes.wat";
    "bignum" "bignum.wat";
    "float" "float.wat";
    "host/console" "wasip1/console.wat";
    "host/args" "wasip1/args.wat";
    "host/env" "wasip1/env.wat";
    "host/clock" "wasip1/clock.wat";
    "host/random" "wasip1/random.wat";
    "host/file" "wasip1/file.wat";
};

/// The module of the imports that the files of `wasip1/` have.
pub const WASI: &str = "wasi_snapshot_preview1";

/// The capabilities of the library, with the functions of [`WASI`] that a program may import for their sake. Written
/// by hand, so that a file which imports more is found out.
pub const CAPABILITIES: &[(&str, &[&str])] = &[
    ("aivi.args.Args", &["args_get", "args_sizes_get"]),
    ("aivi.clock.Clock", &["clock_time_get", "poll_oneoff"]),
    ("aivi.console.Console", &["fd_read", "fd_write"]),
    ("aivi.env.Env", &["environ_get", "environ_sizes_get"]),
    ("aivi.exit.Exit", &["proc_exit"]),
    (
        "aivi.file.File",
        &[
            "fd_close",
            "fd_fdstat_get",
            "fd_prestat_dir_name",
            "fd_prestat_get",
            "fd_read",
            "fd_readdir",
            "fd_seek",
            "fd_write",
            "path_create_directory",
            "path_filestat_get",
            "path_open",
            "path_remove_directory",
            "path_rename",
            "path_unlink_file",
        ],
    ),
    ("aivi.random.Random", &["random_get"]),
];

/// What a fault or an uncaught failure imports: it writes to standard error and ends the process.
pub const FAULTS: &[&str] = &["fd_write", "proc_exit"];

/// The files that may stand for `collect`, by the names that `--gc` knows.
pub const COLLECTORS: &[(&str, File)] = &[
    (
        "bump",
        collector("collect-bump.wat", include_str!("../collect-bump.wat")),
    ),
    (
        "mark-sweep",
        collector(
            "collect-mark-sweep.wat",
            include_str!("../collect-mark-sweep.wat"),
        ),
    ),
    (
        "generational",
        collector(
            "collect-generational.wat",
            include_str!("../collect-generational.wat"),
        ),
    ),
];

/// The globals in which the collectors count, with what they count.
pub const COUNTS: &[(&str, &str)] = &[
    ("minor_collections", "minor collections"),
    ("major_collections", "major collections"),
    ("copied", "bytes copied"),
];

const fn collector(path: &'static str, text: &'static str) -> File {
    File {
        name: "collect",
        path,
        text,
    }
}

/// The file of a name, with a collector for `collect`.
pub fn file_with(name: &str, collector: &str) -> Option<&'static File> {
    if name != "collect" {
        return file(name);
    }
    let mut collectors = COLLECTORS.iter();
    collectors
        .find(|(option, _)| *option == collector)
        .map(|(_, file)| file)
}

/// The file of a name, with the default collector.
pub fn file(name: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.name == name)
}

impl File {
    /// The file as a binary module, with its names.
    ///
    /// # Errors
    ///
    /// The message of the WAT parser. The files of this crate have none, as its tests show.
    pub fn binary(&self) -> Result<Vec<u8>, String> {
        wat::parse_str(self.text).map_err(|error| format!("{}: {error}", self.path))
    }
}

/// The type of a parameter or result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// A number, a truth value, a character, an `Ordering` (0 less, 1 equal, 2 greater), a raw address.
    I32,
    /// `Int`
    I64,
    /// `Float`
    F64,
    /// A value word, an i32 that a collector may have to update.
    Value,
}

/// A function that the runtime exports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Export {
    /// The file.
    pub file: &'static str,
    /// The name within the file.
    pub name: &'static str,
    /// The types of its parameters.
    pub params: &'static [Type],
    /// The types of its results.
    pub results: &'static [Type],
    /// Whether objects may move while it runs.
    pub may_collect: bool,
    /// Whether it may end the program by a fault.
    pub may_fault: bool,
    /// What it does, in one line.
    pub doc: &'static str,
}

macro_rules! exports {
    ($($file:literal { $($name:ident ($($param:ident)*) $(-> $result:ident)? $([$($flag:ident)*])?, $doc:literal;)* })*) => {
        &[$($(Export {
            file: $file,
            name: stringify!($name),
            params: &[$(Type::$param),*],
            results: &[$(Type::$result)?],
            may_collect: exports!(@has collects $($($flag)*)?),
            may_fault: exports!(@has faults $($($flag)*)?),
            doc: $doc,
        }),*),*]
    };
    (@has collects collects $($rest:ident)*) => { true };
    (@has faults faults $($rest:ident)*) => { true };
    (@has $flag:ident $other:ident $($rest:ident)*) => { exports!(@has $flag $($rest)*) };
    (@has $flag:ident) => { false };
}

/// All functions that the runtime exports. Whatever allocates may collect, and may fault when memory is exhausted.
pub const EXPORTS: &[Export] = exports! {
    "collect" {
        alloc (I32) -> I32 [collects faults], "the address of so many fresh bytes, a multiple of 8";
        reserve (I32) [collects faults], "makes so many bytes available at `heap.free`";
        push (Value), "keeps a word across allocations";
        pop (Value) -> Value, "the word that was pushed last, where it is now; given as it was";
        root (Value) -> Value [faults], "what a variable should hold, during a collection";
        remember (I32) [faults], "tells of the address of a word, after a write to an object that may be old";
    }
    "pages" {
        take (I32) -> I32, "the address of so many whole pages, or 0";
        give (I32 I32), "gives back pages: address and number";
    }
    "object" {
        bytes_new (I32) -> Value [collects faults], "a bytes object of this length, to be filled";
        copy (I32 I32 I32), "copies bytes to an address from another one, so many, which do not overlap";
        array_new (I64) -> Value [collects faults], "an array of so many null words";
        array_length (Value) -> I64, "how many words an array has";
        array_get (Value I64) -> Value, "the word at an index that is inside";
        array_set (Value I64 Value) -> Value [faults], "the array, with its slot at an index that is inside filled";
        array_put (Value I32 Value) [faults], "fills the slot of an array at an index that is inside";
    }
    "arena" {
        reserve (I64 I64) -> I64 [faults], "the address of so many bytes, a multiple of the second number";
        reset (), "makes all room of the arena free again";
        realloc (I32 I32 I32 I32) -> I32 [faults], "room for the host: old place and size, alignment, new size";
        store8 (I64 I64), "writes a byte to an address";
        store16 (I64 I64), "writes two bytes to an address";
        store32 (I64 I64), "writes four bytes to an address";
        store64 (I64 I64), "writes eight bytes to an address";
        store_float (I64 F64), "writes a float to an address";
        store_bytes (I64 Value), "writes the bytes of an object to an address";
        load8 (I64) -> I64, "the byte at an address";
        load16 (I64) -> I64, "the two bytes at an address";
        load32 (I64) -> I64, "the four bytes at an address";
        load64 (I64) -> I64, "the eight bytes at an address";
        load_float (I64) -> F64, "the float at an address";
        load_bytes (I64 I64) -> Value [collects faults], "so many bytes from an address";
    }
    "fault" {
        division_by_zero (Value) [faults], "ends with fault R0001 at a place";
        memory_exhausted () [faults], "ends with fault R0002";
        panic (Value Value) [faults], "ends with fault R0004, a message and a place";
        uncaught (Value), "ends with a failure's text on standard error and status 1";
    }
    "text" {
        eq (Value Value) -> I32, "whether two texts are equal";
        compare (Value Value) -> I32, "the order of two texts by code points";
        concat (Value Value) -> Value [collects faults], "two texts, one after the other";
        concat_all (Value) -> Value [collects faults], "the texts of an array, one after the other";
        repeat (Value I64) -> Value [collects faults], "a text so many times";
        length (Value) -> I64, "how many scalar values a text has";
        index (Value I64) -> I64, "how many scalar values lie before a byte offset";
        slice (Value I64 I64) -> Value [collects faults], "the scalar values between two indices, half-open and clamped";
        sub (Value I64 I64) -> Value [collects faults], "the bytes between two offsets, half-open and clamped";
        find (Value Value I64) -> I64, "the first offset from a given one where a text occurs, or -1";
        holds (Value Value I64) -> I32, "whether a text stands at an offset of another one";
        find_last (Value Value) -> I64, "the last offset where a text occurs, or -1";
    }
    "char" {
        to_text (I32) -> Value [collects faults], "the text of one character";
        width (I32) -> I32, "how many bytes a character takes";
        encode (I32 I32), "writes the bytes of a character to an address";
        at (Value I64) -> I32, "the character at an offset inside a text";
        next (Value I64) -> I64, "the offset behind the character at an offset";
        previous (Value I64) -> I64, "the offset of the character that ends before an offset";
    }
    "unicode" {
        to_upper (I32) -> Value [collects faults], "a character in upper case, by the full mapping";
        to_lower (I32) -> Value [collects faults], "a character in lower case, by the full mapping";
        class (I32) -> I64, "1 alphabetic, 2 upper case, 4 lower case, 8 numeric, 16 white space, 32 control, summed";
    }
    "utf8" {
        is_valid (Value) -> I32, "whether bytes are a text";
        lossy (Value) -> Value [collects faults], "bytes as a text, with U+FFFD for what is not UTF-8";
    }
    "quote" {
        text (Value) -> Value [collects faults], "a text as the literal that denotes it";
        char (I32) -> Value [collects faults], "a character as the literal that denotes it";
    }
    "decimal" {
        width (I64) -> I32, "how many decimal digits an unsigned number has";
        write (I64 I32 I32), "writes the lowest digits of a number, so many, to an address";
    }
    "int" {
        divide (I64 I64 Value) -> I64 [faults], "the quotient, truncated; the place is for the fault";
        remainder (I64 I64 Value) -> I64 [faults], "the remainder, with the sign of the dividend";
        to_text (I64) -> Value [collects faults], "the decimal text of a number";
        parse_ok (Value) -> I32, "whether a text is an `Int`";
        parse (Value) -> I64, "the value of such a text";
    }
    "bytes" {
        pack (I64 I64) -> Value [collects faults], "the lowest bytes of a number, so many, the lowest first";
        to_text (Value) -> Value [collects faults], "the source that would make the bytes";
    }
    "bignum" {
        set_zero (I32), "sets the number at an address to zero";
        multiply_add (I32 I64 I64), "multiplies it by a factor and adds a number, both below 2^32";
        shift_left (I32 I32), "multiplies it by a power of two";
        subtract (I32 I32), "subtracts a number that is not larger";
        compare (I32 I32) -> I32, "a number with the sign of the difference";
        bit_length (I32) -> I32, "the number of bits up to the highest that is set";
    }
    "float" {
        compare (F64 F64) -> I32, "the total order of floats, `NaN` equal to itself and above all";
        rem (F64 F64) -> F64, "the remainder, exact, with the sign of the dividend";
        to_text (F64) -> Value [collects faults], "the shortest text that reads back, as ECMAScript writes it";
        parse_ok (Value) -> I32, "whether a text is a `Float`";
        parse (Value) -> F64, "the float closest to such a text";
    }
    "host/stream" {
        write (I32 I32 I32), "writes to a file descriptor: address and length";
        read (I32 I32) -> I32, "reads standard input to an address, at most so many bytes; how many it got";
    }
    "host/exit" {
        exit_with (I32), "ends the process with a status";
        exit (I64), "ends the process with a status, clamped to what WASI allows";
    }
    "host/console" {
        print (Value), "a text to standard output";
        print_line (Value), "a text and a newline to standard output";
        error_line (Value), "a text and a newline to standard error";
        read_line () -> Value [collects faults], "an array of the next line, empty at the end of the input";
        read_all () -> Value [collects faults], "all that is left of the input";
    }
    "host/args" {
        all () -> Value [collects faults], "an array of the arguments, without the program's name";
    }
    "host/env" {
        count () -> I64, "how many variables the environment has";
        block () -> Value [collects faults], "four bytes for each variable, then their texts, each with a zero behind it";
    }
    "host/clock" {
        now () -> I64, "nanoseconds since 1970-01-01T00:00:00Z";
        monotonic () -> I64, "nanoseconds since some moment, never less than before";
        sleep (I64), "waits for so many nanoseconds";
    }
    "host/random" {
        bits () -> I64, "64 random bits";
    }
    "host/file" {
        error () -> I64, "how the last of these functions ended: 0, or WASI's number of the error";
        open (Value I64) -> I64, "opens a file: mode 0 reads, 1 writes anew, 2 appends; its descriptor, or -1";
        open_directory (Value) -> I64, "opens a directory to list it; its descriptor, or -1";
        read (I64 I64) -> Value [collects faults], "at most so many bytes of an open file, none at its end";
        write (I64 Value), "writes bytes to an open file";
        seek (I64 I64) -> I64, "moves the position of an open file by so many bytes; the new one, or -1";
        close (I64), "closes a descriptor";
        kind (Value) -> I64, "what a path names: 3 a directory, 4 a file, -1 after an error";
        size () -> I64, "how many bytes the file has that `kind` was asked for last";
        modified () -> I64, "when it was changed, in nanoseconds since 1970-01-01T00:00:00Z";
        next (I64) -> Value [collects faults], "the next name of the directory that was opened last, empty at its end";
        create_directory (Value), "makes a directory";
        remove_file (Value), "removes a file";
        remove_directory (Value), "removes an empty directory";
        rename (Value Value), "gives a file or directory another path";
    }
};

/// What is known of an exported function.
pub fn export(file: &str, name: &str) -> Option<&'static Export> {
    EXPORTS
        .iter()
        .find(|export| export.file == file && export.name == name)
}
