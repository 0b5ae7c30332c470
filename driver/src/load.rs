//! Finding and reading source files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ir_defs::session::{LoadedSource, Loader};

/// What the names of the library's files begin with.
pub(crate) const LIBRARY: &str = "<std>/";

/// How deep below a root modules are listed for suggestions.
const LISTED_DEPTH: usize = 6;

/// Finds modules below the roots of a project, then in the standard library.
pub struct FileLoader {
    roots: Vec<PathBuf>,
}

impl FileLoader {
    /// A loader for a program whose entry file is `entry`, with the text `text`.
    ///
    /// The roots are the `src` folder of the project, which is the nearest folder above with an `aivi.toml`, and the
    /// folder to which the module's path leads the entry file, else the entry file's own.
    pub fn for_entry(entry: &Path, text: &str) -> FileLoader {
        let folder = match entry.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut roots = Vec::new();
        let absolute = std::path::absolute(&folder).unwrap_or_else(|_| folder.clone());
        if let Some(project) = absolute
            .ancestors()
            .find(|above| above.join("aivi.toml").is_file())
        {
            roots.push(project.join("src"));
        }
        roots.push(root_of(entry, text).unwrap_or(folder));
        FileLoader { roots }
    }
}

/// The folder from which the path of the module leads to the file: for `module a.b` in `x/a/b.aivi` it is `x`.
fn root_of(entry: &Path, text: &str) -> Option<PathBuf> {
    let module = header(text)?;
    let mut path = entry.with_extension("");
    for segment in module.rsplit('.') {
        if path.file_name()?.to_str()? != segment {
            return None;
        }
        path.pop();
    }
    if path.as_os_str().is_empty() {
        path.push(".");
    }
    Some(path)
}

/// The path in the `module` header of a file, if it has one: behind comments and decorators.
pub(crate) fn header(text: &str) -> Option<&str> {
    let mut rest = text.trim_start_matches('\u{feff}');
    loop {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.split_once('\n')?.1;
        } else if rest.starts_with("/*") {
            rest = after_block_comment(rest)?;
        } else if rest.starts_with('@') {
            rest = rest.split_once(char::is_whitespace)?.1;
        } else {
            let path = rest
                .strip_prefix("module")?
                .strip_prefix(char::is_whitespace)?
                .trim_start();
            let end = path.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_');
            return path
                .get(..end.unwrap_or(path.len()))
                .filter(|path| !path.is_empty());
        }
    }
}

fn after_block_comment(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return text.get(at..);
            }
        } else {
            at += rest.chars().next()?.len_utf8();
        }
    }
    None
}

impl Loader for FileLoader {
    fn module(&mut self, path: &str) -> Result<Option<LoadedSource>, String> {
        let relative: PathBuf = path.split('.').collect::<PathBuf>().with_extension("aivi");
        for root in &self.roots {
            let file = root.join(&relative);
            if file.is_file() {
                let name = shown(&file);
                return match read(&file) {
                    Ok(text) => Ok(Some(LoadedSource {
                        name,
                        text,
                        library: false,
                    })),
                    Err(error) => Err(format!("cannot read {name}: {error}")),
                };
            }
        }
        Ok(aivi_std::module(path).map(|text| LoadedSource {
            name: format!("{LIBRARY}{}", relative.display()),
            text: text.to_owned(),
            library: true,
        }))
    }

    fn modules(&mut self) -> Vec<String> {
        let mut names: BTreeSet<String> = aivi_std::modules().map(str::to_owned).collect();
        for root in &self.roots {
            list(root, "", LISTED_DEPTH, &mut names);
        }
        names.into_iter().collect()
    }
}

/// Finds the entry module in the text that was read, and everything else where it is.
pub(crate) struct WithEntry {
    pub module: String,
    pub entry: LoadedSource,
    pub rest: FileLoader,
}

impl Loader for WithEntry {
    fn module(&mut self, path: &str) -> Result<Option<LoadedSource>, String> {
        if path == self.module {
            return Ok(Some(self.entry.clone()));
        }
        self.rest.module(path)
    }

    fn modules(&mut self) -> Vec<String> {
        self.rest.modules()
    }
}

fn list(folder: &Path, prefix: &str, depth: usize, names: &mut BTreeSet<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else {
            continue;
        };
        if path
            .extension()
            .is_some_and(|extension| extension == "aivi")
        {
            names.insert(format!("{prefix}{stem}"));
        } else if depth > 0 && !stem.starts_with('.') && path.is_dir() {
            list(&path, &format!("{prefix}{stem}."), depth - 1, names);
        }
    }
}

/// A path as messages show it: below the working folder, without it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    let path = below.unwrap_or_else(|| path.to_owned());
    path.strip_prefix(".")
        .unwrap_or(&path)
        .display()
        .to_string()
}

/// The text of a source file.
///
/// # Errors
///
/// What is wrong with it, in the words of a message: it is missing, a folder, not UTF-8.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    if path.is_dir() {
        return Err("it is a directory".to_owned());
    }
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    })?;
    text_of(bytes)
}

/// Bytes as UTF-8.
pub(crate) fn text_of(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..valid).unwrap_or(&[]);
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        format!("it is not UTF-8: the byte at offset {valid}, in line {line}, begins no character")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_found_behind_comments_and_decorators() {
        assert_eq!(
            header("// a\n/* b /* c */ */\n@no_prelude\nmodule a.b.c\nx = 1"),
            Some("a.b.c")
        );
        assert_eq!(header("modules = 1"), None);
        assert_eq!(header("x = 1\nmodule a"), None);
    }

    #[test]
    fn the_root_is_where_the_path_of_the_module_begins() {
        let root = |file: &str, text: &str| root_of(Path::new(file), text);
        assert_eq!(root("x/a/b.aivi", "module a.b"), Some(PathBuf::from("x")));
        assert_eq!(root("a/b.aivi", "module a.b"), Some(PathBuf::from(".")));
        assert_eq!(root("x/other.aivi", "module a.b"), None);
    }
}
