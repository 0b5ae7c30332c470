//! Primitive operations: one line each, and everything that any pass asks about them.
//!
//! The library gives them AIVI names and types: `@intrinsic "int.add"` above a signature without a definition.

use crate::prims::Lowering::{Effect, Inline, Runtime, Special};

use crate::host::{self, HostFunction};

/// A primitive operation: an index into [`PRIMS`], and behind them into the table of those that the host provides.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Prim(pub u16);

/// The type of a primitive's parameter or result.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PrimType {
    /// `Int`
    Int,
    /// `Float`
    Float,
    /// `Bool`
    Bool,
    /// `Char`
    Char,
    /// `Text`
    Text,
    /// `Bytes`
    Bytes,
    /// `Unit`
    Unit,
    /// `Ordering`
    Ordering,
    /// Any type, the same at each occurrence within one primitive.
    A,
    /// `Array A`
    ArrayOfA,
    /// `Array Text`
    ArrayOfText,
    /// `Array Bytes`
    ArrayOfBytes,
}

/// What becomes of a primitive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lowering {
    /// WASM instructions in place; `lower-to-wasm` knows them by the primitive's name.
    Inline,
    /// A call of a function that the runtime exports: file and name.
    Runtime(&'static str, &'static str),
    /// A form of its own in some language; the pass that introduces that form takes it away.
    Special,
    /// A call of the runtime that does something: `sequence-effects` puts it where it is performed.
    Effect(&'static str, &'static str),
    /// A call of an import, which does something.
    Host(&'static HostFunction),
}

/// What is known of a primitive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PrimInfo {
    /// The name in IR text and in `@intrinsic`.
    pub name: &'static str,
    /// The types of its parameters.
    pub params: &'static [PrimType],
    /// The type of its result; of what it gives when performed, for an effect.
    pub result: PrimType,
    /// What becomes of it.
    pub lowering: Lowering,
    /// Whether it may end in a fault.
    pub faults: bool,
}

macro_rules! prims {
    ($($name:literal ($($param:ident)*) -> $result:ident, $lowering:expr $(, $faults:ident)?;)*) => {
        /// All primitives.
        pub const PRIMS: &[PrimInfo] = &[$(PrimInfo {
            name: $name,
            params: &[$(PrimType::$param),*],
            result: PrimType::$result,
            lowering: $lowering,
            faults: prims!(@faults $($faults)?),
        }),*];
    };
    (@faults) => { false };
    (@faults faults) => { true };
}

prims! {
    // Int: 64-bit two's complement, wrapping.
    "int.add" (Int Int) -> Int, Inline;
    "int.sub" (Int Int) -> Int, Inline;
    "int.mul" (Int Int) -> Int, Inline;
    "int.div" (Int Int) -> Int, Inline, faults;
    "int.rem" (Int Int) -> Int, Inline, faults;
    "int.neg" (Int) -> Int, Inline;
    "int.eq" (Int Int) -> Bool, Inline;
    "int.ne" (Int Int) -> Bool, Inline;
    "int.lt" (Int Int) -> Bool, Inline;
    "int.le" (Int Int) -> Bool, Inline;
    "int.gt" (Int Int) -> Bool, Inline;
    "int.ge" (Int Int) -> Bool, Inline;
    "int.compare" (Int Int) -> Ordering, Inline;
    "int.and" (Int Int) -> Int, Inline;
    "int.or" (Int Int) -> Int, Inline;
    "int.xor" (Int Int) -> Int, Inline;
    "int.shl" (Int Int) -> Int, Inline;
    "int.shr" (Int Int) -> Int, Inline;
    "int.ushr" (Int Int) -> Int, Inline;
    "int.popcount" (Int) -> Int, Inline;
    "int.clz" (Int) -> Int, Inline;
    "int.ctz" (Int) -> Int, Inline;
    "int.to-float" (Int) -> Float, Inline;
    "int.to-text" (Int) -> Text, Runtime("int", "to_text");

    // Float: IEEE 754 binary64.
    "float.add" (Float Float) -> Float, Inline;
    "float.sub" (Float Float) -> Float, Inline;
    "float.mul" (Float Float) -> Float, Inline;
    "float.div" (Float Float) -> Float, Inline;
    "float.rem" (Float Float) -> Float, Runtime("float", "rem");
    "float.neg" (Float) -> Float, Inline;
    "float.eq" (Float Float) -> Bool, Inline;
    "float.ne" (Float Float) -> Bool, Inline;
    "float.lt" (Float Float) -> Bool, Inline;
    "float.le" (Float Float) -> Bool, Inline;
    "float.gt" (Float Float) -> Bool, Inline;
    "float.ge" (Float Float) -> Bool, Inline;
    "float.compare" (Float Float) -> Ordering, Runtime("float", "compare");
    "float.abs" (Float) -> Float, Inline;
    "float.sqrt" (Float) -> Float, Inline;
    "float.floor" (Float) -> Float, Inline;
    "float.ceil" (Float) -> Float, Inline;
    "float.trunc" (Float) -> Float, Inline;
    "float.nearest" (Float) -> Float, Inline;
    // Toward zero; saturates at the ends of the range, `NaN` is 0.
    "float.to-int" (Float) -> Int, Inline;
    "float.bits" (Float) -> Int, Inline;
    "float.from-bits" (Int) -> Float, Inline;
    "float.to-text" (Float) -> Text, Runtime("float", "to_text");
    // The bits of the number and whether the whole text is one: see `float.parse-ok`.
    "float.parse" (Text) -> Float, Runtime("float", "parse");
    "float.parse-ok" (Text) -> Bool, Runtime("float", "parse_ok");

    // Char: a Unicode scalar value.
    "char.eq" (Char Char) -> Bool, Inline;
    "char.ne" (Char Char) -> Bool, Inline;
    "char.lt" (Char Char) -> Bool, Inline;
    "char.le" (Char Char) -> Bool, Inline;
    "char.gt" (Char Char) -> Bool, Inline;
    "char.ge" (Char Char) -> Bool, Inline;
    "char.compare" (Char Char) -> Ordering, Inline;
    "char.code" (Char) -> Int, Inline;
    // Of a scalar value; the library checks before.
    "char.from-code" (Int) -> Char, Inline;
    "char.to-text" (Char) -> Text, Runtime("char", "to_text");
    "char.quote" (Char) -> Text, Runtime("quote", "char");
    "char.to-upper" (Char) -> Text, Runtime("unicode", "to_upper");
    "char.to-lower" (Char) -> Text, Runtime("unicode", "to_lower");
    "char.class" (Char) -> Int, Runtime("unicode", "class");

    // Text: valid UTF-8. Offsets and sizes count bytes here; the library counts characters.
    "text.size" (Text) -> Int, Inline;
    "text.length" (Text) -> Int, Runtime("text", "length");
    "text.concat" (Text Text) -> Text, Runtime("text", "concat");
    "text.concat-all" (ArrayOfText) -> Text, Runtime("text", "concat_all");
    "text.eq" (Text Text) -> Bool, Runtime("text", "eq");
    "text.compare" (Text Text) -> Ordering, Runtime("text", "compare");
    "text.quote" (Text) -> Text, Runtime("quote", "text");
    // The character that starts at a byte offset inside the text.
    "text.char-at" (Text Int) -> Char, Runtime("char", "at");
    // The byte offset of the character after the one at this offset.
    "text.next" (Text Int) -> Int, Runtime("char", "next");
    "text.previous" (Text Int) -> Int, Runtime("char", "previous");
    // Characters from one index up to another, clamped.
    "text.slice" (Text Int Int) -> Text, Runtime("text", "slice");
    // Bytes from one offset up to another, both at the start of characters and in range.
    "text.sub" (Text Int Int) -> Text, Runtime("text", "sub");
    // The first offset not before the third argument at which the second text occurs, or -1.
    "text.find" (Text Text Int) -> Int, Runtime("text", "find");
    "text.find-last" (Text Text) -> Int, Runtime("text", "find_last");
    // Whether the second text stands at an offset of the first one.
    "text.holds" (Text Text Int) -> Bool, Runtime("text", "holds");
    "text.repeat" (Text Int) -> Text, Runtime("text", "repeat");
    "text.to-bytes" (Text) -> Bytes, Inline;
    "text.is-utf8" (Bytes) -> Bool, Runtime("utf8", "is_valid");
    // With U+FFFD for what is not UTF-8.
    "text.lossy" (Bytes) -> Text, Runtime("utf8", "lossy");
    // Of bytes that are UTF-8.
    "text.from-bytes" (Bytes) -> Text, Inline;
    // Whether the whole text is a number in the range of `Int`, and that number.
    "int.parse-ok" (Text) -> Bool, Runtime("int", "parse_ok");
    "int.parse" (Text) -> Int, Runtime("int", "parse");

    // Bytes.
    "bytes.size" (Bytes) -> Int, Inline;
    // In range.
    "bytes.at" (Bytes Int) -> Int, Inline;
    "bytes.concat" (Bytes Bytes) -> Bytes, Runtime("text", "concat");
    "bytes.sub" (Bytes Int Int) -> Bytes, Runtime("text", "sub");
    "bytes.eq" (Bytes Bytes) -> Bool, Runtime("text", "eq");
    "bytes.compare" (Bytes Bytes) -> Ordering, Runtime("text", "compare");
    "bytes.concat-all" (ArrayOfBytes) -> Bytes, Runtime("text", "concat_all");
    // The lowest bytes of a number, the lowest first; the second argument says how many, at most 8.
    "bytes.pack" (Int Int) -> Bytes, Runtime("bytes", "pack");
    "bytes.to-text" (Bytes) -> Text, Runtime("bytes", "to_text");

    // Array: values under construction, filled once. Indices are in range.
    "array.new" (Int) -> ArrayOfA, Special;
    "array.length" (ArrayOfA) -> Int, Inline;
    "array.get" (ArrayOfA Int) -> A, Special;
    // Gives the same array back.
    "array.set" (ArrayOfA Int A) -> ArrayOfA, Special;

    // Never returns.
    "panic" (Text) -> A, Runtime("fault", "panic"), faults;
    // Ends the program with the text of a failure that nothing caught. Never returns.
    "uncaught" (Text) -> A, Runtime("fault", "uncaught"), faults;

    // Effects; `Effect R A` values that `sequence-effects` turns into calls.
    "effect.pure" (A) -> A, Special;
    "effect.bind" (A A) -> A, Special;
    "effect.fail" (A) -> A, Special;
    "effect.attempt" (A) -> A, Special;
    "effect.bracket" (A A A) -> A, Special;
    // Does the first effect when the second one fails, which then fails on.
    "effect.on-failure" (A A) -> A, Special;

    // The arena: memory for what passes between program and host, in the canonical ABI's layout. Addresses are bytes.
    // Room of a size, at a multiple of the second argument.
    "arena.reserve" (Int Int) -> Int, Effect("arena", "reserve");
    // All room is free again.
    "arena.reset" (Unit) -> Unit, Effect("arena", "reset");
    "arena.store8" (Int Int) -> Unit, Effect("arena", "store8");
    "arena.store16" (Int Int) -> Unit, Effect("arena", "store16");
    "arena.store32" (Int Int) -> Unit, Effect("arena", "store32");
    "arena.store64" (Int Int) -> Unit, Effect("arena", "store64");
    "arena.store-float" (Int Float) -> Unit, Effect("arena", "store_float");
    "arena.store-bytes" (Int Bytes) -> Unit, Effect("arena", "store_bytes");
    "arena.load8" (Int) -> Int, Effect("arena", "load8");
    "arena.load16" (Int) -> Int, Effect("arena", "load16");
    "arena.load32" (Int) -> Int, Effect("arena", "load32");
    "arena.load64" (Int) -> Int, Effect("arena", "load64");
    "arena.load-float" (Int) -> Float, Effect("arena", "load_float");
    // From an address, so many.
    "arena.load-bytes" (Int Int) -> Bytes, Effect("arena", "load_bytes");

    // What `evaluate-statics` computes and puts in its own place: a value, or what an effect gives.
    "static.value" (A) -> A, Special;
    "static.run" (A) -> A, Special;

    "console.print" (Text) -> Unit, Effect("host/console", "print");
    "console.print-line" (Text) -> Unit, Effect("host/console", "print_line");
    "console.error" (Text) -> Unit, Effect("host/console", "error_line");
    // The next line without its end as an array of one text, or an empty array at the end of the input.
    "console.read-line" (Unit) -> ArrayOfText, Effect("host/console", "read_line");
    "console.read-all" (Unit) -> Text, Effect("host/console", "read_all");
    "args.all" (Unit) -> ArrayOfText, Effect("host/args", "all");
    // Never returns.
    "exit.exit" (Int) -> Unit, Effect("host/exit", "exit");
    // Nanoseconds.
    "clock.now" (Unit) -> Int, Effect("host/clock", "now");
    "clock.monotonic" (Unit) -> Int, Effect("host/clock", "monotonic");
    "clock.sleep" (Int) -> Unit, Effect("host/clock", "sleep");
    "random.bits" (Unit) -> Int, Effect("host/random", "bits");
    "env.count" (Unit) -> Int, Effect("host/env", "count");
    // Four bytes for each variable, then each as `NAME=VALUE` with a zero behind it.
    "env.block" (Unit) -> Bytes, Effect("host/env", "block");

    // Files. A path is a text as the user gave it; errors are WASI's numbers.
    // How the last of these ended; 0 is well.
    "file.error" (Unit) -> Int, Effect("host/file", "error");
    // Mode 0 reads, 1 writes anew, 2 appends. Gives a descriptor, or -1.
    "file.open" (Text Int) -> Int, Effect("host/file", "open");
    "file.open-directory" (Text) -> Int, Effect("host/file", "open_directory");
    // At most so many bytes, and at most 32768; none at the end.
    "file.read" (Int Int) -> Bytes, Effect("host/file", "read");
    "file.write" (Int Bytes) -> Unit, Effect("host/file", "write");
    // By so many bytes; gives the new position, or -1.
    "file.seek" (Int Int) -> Int, Effect("host/file", "seek");
    "file.close" (Int) -> Unit, Effect("host/file", "close");
    // 3 a directory, 4 a file, -1 after an error; `size` and `modified` speak of the same file.
    "file.kind" (Text) -> Int, Effect("host/file", "kind");
    "file.size" (Unit) -> Int, Effect("host/file", "size");
    "file.modified" (Unit) -> Int, Effect("host/file", "modified");
    // The next name in the directory opened last; empty at the end.
    "file.next" (Int) -> Bytes, Effect("host/file", "next");
    "file.create-directory" (Text) -> Unit, Effect("host/file", "create_directory");
    "file.remove-file" (Text) -> Unit, Effect("host/file", "remove_file");
    "file.remove-directory" (Text) -> Unit, Effect("host/file", "remove_directory");
    "file.rename" (Text Text) -> Unit, Effect("host/file", "rename");
}

impl Prim {
    /// The primitive of a name.
    pub fn named(name: &str) -> Option<Prim> {
        let index = PRIMS.iter().position(|info| info.name == name);
        let index = index.or_else(|| Some(PRIMS.len() + host::place(name)?));
        index.and_then(|index| u16::try_from(index).ok()).map(Prim)
    }

    /// What is known of it.
    #[allow(clippy::indexing_slicing, reason = "the table is not empty")]
    pub fn info(self) -> &'static PrimInfo {
        let index = usize::from(self.0);
        match PRIMS.get(index) {
            Some(info) => info,
            None => host::at(index - PRIMS.len()).unwrap_or(&PRIMS[0]),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// Whether it stands for what `evaluate-statics` computes.
    pub fn is_static(self) -> bool {
        self.name().starts_with("static.")
    }

    /// Whether objects may move while it runs: it makes an object, by a function of the runtime.
    pub fn collects(self) -> bool {
        let PrimInfo {
            name,
            result,
            lowering,
            ..
        } = *self.info();
        let is_object = matches!(
            result,
            PrimType::Text
                | PrimType::Bytes
                | PrimType::ArrayOfA
                | PrimType::ArrayOfText
                | PrimType::ArrayOfBytes
        );
        name == "array.new" || is_object && matches!(lowering, Runtime(..) | Effect(..))
    }

    /// Whether it does something when performed.
    pub fn is_effect(self) -> bool {
        matches!(self.info().lowering, Effect(..) | Lowering::Host(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for (index, info) in PRIMS.iter().enumerate() {
            assert_eq!(
                Prim::named(info.name),
                Some(Prim(index as u16)),
                "{}",
                info.name
            );
        }
    }
}
