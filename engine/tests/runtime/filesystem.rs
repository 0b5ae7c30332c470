//! The file functions of the WASI double: a small tree in memory, of which three directories are granted.

use std::collections::BTreeMap;

use wasmtime::{Caller, Linker, Result};

use crate::world::{Host, Streams};

/// The granted directories, from descriptor 3 on: the names that the program sees, and where they lie in the tree.
const GRANTED: &[(&str, &str)] = &[(".", "here"), ("/data/", "data"), ("deep/er", "deeper")];

const NOT_OPEN: u32 = 8;
const EXISTS: u32 = 20;
const IS_DIRECTORY: u32 = 31;
const NOT_FOUND: u32 = 44;
const NOT_DIRECTORY: u32 = 54;
const NOT_EMPTY: u32 = 55;

/// A file, or a directory.
#[derive(Clone)]
pub enum Node {
    File(Vec<u8>),
    Directory,
}

struct Descriptor {
    path: String,
    at: usize,
    append: bool,
}

/// The tree and what is open.
pub struct Files {
    pub nodes: BTreeMap<String, Node>,
    open: BTreeMap<u32, Descriptor>,
}

impl Default for Files {
    fn default() -> Files {
        let mut nodes = BTreeMap::new();
        for (_, place) in GRANTED {
            nodes.insert((*place).to_owned(), Node::Directory);
        }
        Files {
            nodes,
            open: BTreeMap::new(),
        }
    }
}

impl Files {
    fn place(&self, directory: u32, path: &[u8]) -> String {
        let root = GRANTED[directory as usize - 3].1;
        match path {
            b"." => root.to_owned(),
            path => format!("{root}/{}", String::from_utf8_lossy(path)),
        }
    }

    /// The error of a place that is not there.
    fn missing(&self, place: &str) -> u32 {
        let above = place.rsplit_once('/').map_or("", |(above, _)| above);
        match self.nodes.get(above) {
            Some(Node::File(_)) => NOT_DIRECTORY,
            _ => NOT_FOUND,
        }
    }

    fn open(&mut self, place: String, how: u32, flags: u32) -> std::result::Result<u32, u32> {
        match self.nodes.get(&place) {
            Some(Node::File(_)) if how & 2 != 0 => return Err(NOT_DIRECTORY),
            Some(Node::Directory) if how & 9 != 0 => return Err(IS_DIRECTORY),
            Some(Node::File(_)) if how & 8 != 0 => {
                self.nodes.insert(place.clone(), Node::File(Vec::new()));
            }
            Some(_) => {}
            None if how & 1 != 0 => {
                self.nodes.insert(place.clone(), Node::File(Vec::new()));
            }
            None => return Err(self.missing(&place)),
        }
        let number = (10..).find(|n| !self.open.contains_key(n)).unwrap_or(0);
        let append = flags & 1 != 0;
        self.open.insert(
            number,
            Descriptor {
                path: place,
                at: 0,
                append,
            },
        );
        Ok(number)
    }

    /// At most seven bytes at a time.
    pub fn read(&mut self, file: u32, length: u32) -> std::result::Result<Vec<u8>, u32> {
        let open = self.open.get_mut(&file).ok_or(NOT_OPEN)?;
        let Some(Node::File(content)) = self.nodes.get(&open.path) else {
            return Err(IS_DIRECTORY);
        };
        let rest = &content[open.at.min(content.len())..];
        let bytes = rest[..rest.len().min(length as usize).min(7)].to_vec();
        open.at += bytes.len();
        Ok(bytes)
    }

    pub fn write(&mut self, file: u32, bytes: &[u8]) -> std::result::Result<(), u32> {
        let open = self.open.get_mut(&file).ok_or(NOT_OPEN)?;
        let Some(Node::File(content)) = self.nodes.get_mut(&open.path) else {
            return Err(IS_DIRECTORY);
        };
        if open.append {
            open.at = content.len();
        }
        content.truncate(open.at);
        content.extend(bytes);
        open.at = content.len();
        Ok(())
    }

    fn seek(&mut self, file: u32, by: i64) -> std::result::Result<u64, u32> {
        let open = self.open.get_mut(&file).ok_or(NOT_OPEN)?;
        open.at = usize::try_from(open.at as i64 + by).map_err(|_| 28_u32)?;
        Ok(open.at as u64)
    }

    /// The names in a directory, with the two that every directory has.
    fn names(&self, directory: u32) -> std::result::Result<Vec<String>, u32> {
        let open = self.open.get(&directory).ok_or(NOT_OPEN)?;
        let prefix = format!("{}/", open.path);
        let below = self
            .nodes
            .keys()
            .filter_map(|key| key.strip_prefix(&prefix));
        let direct = below.filter(|name| !name.contains('/')).map(str::to_owned);
        Ok([".".to_owned(), "..".to_owned()]
            .into_iter()
            .chain(direct)
            .collect())
    }

    fn remove(&mut self, place: &str, directory: bool) -> std::result::Result<(), u32> {
        let below = format!("{place}/");
        match (self.nodes.get(place), directory) {
            (None, _) => return Err(self.missing(place)),
            (Some(Node::Directory), false) => return Err(IS_DIRECTORY),
            (Some(Node::File(_)), true) => return Err(NOT_DIRECTORY),
            (Some(Node::Directory), true)
                if self.nodes.keys().any(|key| key.starts_with(&below)) =>
            {
                return Err(NOT_EMPTY);
            }
            _ => self.nodes.remove(place),
        };
        Ok(())
    }

    fn rename(&mut self, from: &str, to: String) -> std::result::Result<(), u32> {
        let Some(node) = self.nodes.remove(from) else {
            return Err(self.missing(from));
        };
        self.nodes.insert(to, node);
        Ok(())
    }
}

/// The number that WASI gives: 0, or that of the error.
fn number(outcome: std::result::Result<(), u32>) -> u32 {
    outcome.err().unwrap_or(0)
}

pub fn define(linker: &mut Linker<Streams>, host: &Host) -> Result<()> {
    let wasi = "wasi_snapshot_preview1";
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "fd_prestat_get",
        move |mut caller: Caller<Streams>, file: u32, at: u32| -> Result<u32> {
            let Some((name, _)) = GRANTED.get((file as usize).wrapping_sub(3)) else {
                return Ok(NOT_OPEN);
            };
            h.write(&mut caller, at, &[0; 4])?;
            h.write(&mut caller, at + 4, &(name.len() as u32).to_le_bytes())?;
            Ok(0)
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "fd_prestat_dir_name",
        move |mut caller: Caller<Streams>, file: u32, at: u32, size: u32| -> Result<u32> {
            let name = GRANTED[file as usize - 3].0;
            assert_eq!(name.len(), size as usize);
            h.write(&mut caller, at, name.as_bytes())?;
            Ok(0)
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "path_open",
        move |mut caller: Caller<Streams>,
              directory: u32,
              _: u32,
              path: u32,
              size: u32,
              how: u32,
              _: u64,
              _: u64,
              flags: u32,
              to: u32|
              -> Result<u32> {
            let path = h.read(&mut caller, path, size)?;
            let files = &mut caller.data_mut().files;
            let place = files.place(directory, &path);
            match files.open(place, how, flags) {
                Ok(file) => {
                    h.write(&mut caller, to, &file.to_le_bytes())?;
                    Ok(0)
                }
                Err(error) => Ok(error),
            }
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "path_filestat_get",
        move |mut caller: Caller<Streams>,
              directory: u32,
              _: u32,
              path: u32,
              size: u32,
              to: u32|
              -> Result<u32> {
            let path = h.read(&mut caller, path, size)?;
            let files = &caller.data().files;
            let place = files.place(directory, &path);
            let (kind, length) = match files.nodes.get(&place) {
                Some(Node::Directory) => (3_u8, 0),
                Some(Node::File(content)) => (4, content.len() as u64),
                None => return Ok(files.missing(&place)),
            };
            h.write(&mut caller, to + 16, &[kind])?;
            h.write(&mut caller, to + 32, &length.to_le_bytes())?;
            h.write(
                &mut caller,
                to + 48,
                &1_700_000_000_000_000_000_u64.to_le_bytes(),
            )?;
            Ok(0)
        },
    )?;
    for (name, action) in [
        ("path_create_directory", 0),
        ("path_unlink_file", 1),
        ("path_remove_directory", 2),
    ] {
        let h = host.clone();
        linker.func_wrap(
            wasi,
            name,
            move |mut caller: Caller<Streams>,
                  directory: u32,
                  path: u32,
                  size: u32|
                  -> Result<u32> {
                let path = h.read(&mut caller, path, size)?;
                let files = &mut caller.data_mut().files;
                let place = files.place(directory, &path);
                Ok(match action {
                    0 if files.nodes.contains_key(&place) => EXISTS,
                    0 => {
                        files.nodes.insert(place, Node::Directory);
                        0
                    }
                    action => number(files.remove(&place, action == 2)),
                })
            },
        )?;
    }
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "path_rename",
        move |mut caller: Caller<Streams>,
              directory: u32,
              path: u32,
              size: u32,
              other: u32,
              new: u32,
              new_size: u32|
              -> Result<u32> {
            let path = h.read(&mut caller, path, size)?;
            let new = h.read(&mut caller, new, new_size)?;
            let files = &mut caller.data_mut().files;
            let (from, to) = (files.place(directory, &path), files.place(other, &new));
            Ok(number(files.rename(&from, to)))
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "fd_fdstat_get",
        move |mut caller: Caller<Streams>, file: u32, to: u32| -> Result<u32> {
            let files = &caller.data().files;
            let Some(open) = files.open.get(&file) else {
                return Ok(NOT_OPEN);
            };
            let kind = match files.nodes.get(&open.path) {
                Some(Node::Directory) => 3_u8,
                _ => 4,
            };
            h.write(&mut caller, to, &[kind])?;
            Ok(0)
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "fd_seek",
        move |mut caller: Caller<Streams>, file: u32, by: i64, from: u32, to: u32| -> Result<u32> {
            assert_eq!(from, 1);
            match caller.data_mut().files.seek(file, by) {
                Ok(place) => {
                    h.write(&mut caller, to, &place.to_le_bytes())?;
                    Ok(0)
                }
                Err(error) => Ok(error),
            }
        },
    )?;
    linker.func_wrap(
        wasi,
        "fd_close",
        |mut caller: Caller<Streams>, file: u32| -> u32 {
            match caller.data_mut().files.open.remove(&file) {
                Some(_) => 0,
                None => NOT_OPEN,
            }
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "fd_readdir",
        move |mut caller: Caller<Streams>,
              directory: u32,
              to: u32,
              size: u32,
              cookie: u64,
              moved: u32|
              -> Result<u32> {
            let names = match caller.data().files.names(directory) {
                Ok(names) => names,
                Err(error) => return Ok(error),
            };
            let mut bytes = Vec::new();
            for (index, name) in names.iter().enumerate().skip(cookie as usize) {
                bytes.extend((index as u64 + 1).to_le_bytes());
                bytes.extend(0_u64.to_le_bytes());
                bytes.extend((name.len() as u32).to_le_bytes());
                bytes.extend(0_u32.to_le_bytes());
                bytes.extend(name.bytes());
            }
            bytes.truncate(size as usize);
            h.write(&mut caller, to, &bytes)?;
            h.write(&mut caller, moved, &(bytes.len() as u32).to_le_bytes())?;
            Ok(0)
        },
    )?;
    Ok(())
}
