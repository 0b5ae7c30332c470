//! The last language: an encoded module. Its text form is that of WebAssembly.

use nanopass::{FileId, Language, PrintOptions, ReadError, Violation};

use crate::Session;

/// The bytes of a core module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Binary(pub Vec<u8>);

/// Whole programs of the language.
pub type Entry = Binary;

impl Language for Binary {
    type Session = Session;

    const NAME: &'static str = "binary";

    fn print(&self, _: &Session, _: PrintOptions) -> String {
        match wasmprinter::print_bytes(&self.0) {
            Ok(mut text) => {
                if !text.ends_with('\n') {
                    text.push('\n');
                }
                text
            }
            Err(error) => format!("(; not a module: {error} ;)\n"),
        }
    }

    fn read(file: FileId, session: &mut Session) -> Result<Binary, ReadError> {
        let Some(source) = session.core.sources.get(file) else {
            let message = "there is no such file".to_string();
            return Err(ReadError {
                file: String::new(),
                line: 1,
                column: 1,
                message,
            });
        };
        wat::parse_str(&*source.text)
            .map(Binary)
            .map_err(|error| ReadError {
                file: source.name.clone(),
                line: 1,
                column: 1,
                message: error.to_string(),
            })
    }

    fn check(&self, _: &Session) -> Vec<Violation> {
        match wasmparser::Validator::new().validate_all(&self.0) {
            Ok(_) => Vec::new(),
            Err(error) => vec![Violation::new(error.to_string(), "", nanopass::Span::NONE)],
        }
    }
}
