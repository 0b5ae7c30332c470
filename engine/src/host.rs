//! Functions that a host gives to a program, beyond WASI.

use std::fmt;
use std::sync::Arc;

use wasmtime::{Caller, Extern, FuncType, Linker, Val, ValType};

use crate::run::World;
use crate::{Error, Program, Value};

/// What a host function does with its arguments; an error ends the program by a trap.
type Code = dyn Fn(&mut Guest<'_>, &[Value]) -> Result<Vec<Value>, String> + Send + Sync;

/// An import that the host provides.
#[derive(Clone)]
pub struct HostFunction {
    /// The module of the import.
    pub module: String,
    /// Its name there.
    pub field: String,
    code: Arc<Code>,
}

impl HostFunction {
    /// The function of this module and name. It is called with as many values as the import takes, and must give as
    /// many as it gives.
    pub fn new(
        module: &str,
        field: &str,
        code: impl Fn(&mut Guest<'_>, &[Value]) -> Result<Vec<Value>, String> + Send + Sync + 'static,
    ) -> HostFunction {
        HostFunction {
            module: module.to_owned(),
            field: field.to_owned(),
            code: Arc::new(code),
        }
    }
}

impl fmt::Debug for HostFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.module, self.field)
    }
}

/// The program that calls: its memory, and its `cabi_realloc`.
pub struct Guest<'c> {
    caller: Caller<'c, World>,
}

impl Guest<'_> {
    fn memory(&mut self) -> Result<wasmtime::Memory, String> {
        self.caller
            .get_export("memory")
            .and_then(Extern::into_memory)
            .ok_or_else(|| "the program exports no memory".to_owned())
    }

    /// Bytes of its memory.
    ///
    /// # Errors
    ///
    /// They lie outside of it.
    pub fn read(&mut self, at: u32, length: u32) -> Result<Vec<u8>, String> {
        let memory = self.memory()?;
        let data = memory.data(&self.caller);
        let start = at as usize;
        data.get(start..start.saturating_add(length as usize))
            .map(<[u8]>::to_vec)
            .ok_or_else(|| format!("{length} bytes at {at} lie outside of the memory"))
    }

    /// Writes to its memory.
    ///
    /// # Errors
    ///
    /// The place lies outside of it.
    pub fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), String> {
        let memory = self.memory()?;
        memory
            .write(&mut self.caller, at as usize, bytes)
            .map_err(|error| error.to_string())
    }

    /// Room in its memory, which it has until the call is over.
    ///
    /// # Errors
    ///
    /// It exports no `cabi_realloc`, or that fails.
    pub fn allocate(&mut self, size: u32, align: u32) -> Result<u32, String> {
        let function = self
            .caller
            .get_export("cabi_realloc")
            .and_then(Extern::into_func)
            .ok_or("the program exports no `cabi_realloc`")?;
        let number = |value: u32| Val::I32(value.cast_signed());
        let arguments = [number(0), number(0), number(align), number(size)];
        let mut results = [Val::I32(0)];
        function
            .call(&mut self.caller, &arguments, &mut results)
            .map_err(|error| format!("{error:#}"))?;
        match results {
            [Val::I32(at)] => Ok(at.cast_unsigned()),
            _ => Err("`cabi_realloc` gives no address".to_owned()),
        }
    }
}

/// Defines those of the functions that the program imports.
pub(crate) fn define(
    program: &Program,
    functions: &[HostFunction],
    linker: &mut Linker<World>,
) -> Result<(), Error> {
    for import in program.module.imports() {
        let Some(function) = functions
            .iter()
            .find(|known| known.module == import.module() && known.field == import.name())
        else {
            continue;
        };
        let Some(ty) = import.ty().func().cloned() else {
            continue;
        };
        define_one(function.clone(), ty, linker)?;
    }
    Ok(())
}

fn define_one(
    function: HostFunction,
    ty: FuncType,
    linker: &mut Linker<World>,
) -> Result<(), Error> {
    let HostFunction {
        module,
        field,
        code,
    } = function;
    let name = format!("{module}#{field}");
    let results: Vec<ValType> = ty.results().collect();
    linker.func_new(&module, &field, ty, move |caller, arguments, given| {
        let arguments: Vec<Value> = arguments.iter().filter_map(Value::of).collect();
        let values = code(&mut Guest { caller }, &arguments)
            .map_err(|error| wasmtime::Error::msg(format!("{name}: {error}")))?;
        if values.len() != results.len() {
            return Err(wasmtime::Error::msg(format!(
                "{name} gives {} values, not {}",
                values.len(),
                results.len()
            )));
        }
        for (place, value) in given.iter_mut().zip(values) {
            *place = value.to_val();
        }
        Ok(())
    })?;
    Ok(())
}
