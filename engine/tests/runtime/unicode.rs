//! The case of every character against Rust's.

use wasmtime::{Error, Result, Val};

use crate::world::World;

fn agrees(name: &str, map: fn(char) -> String) -> Result<()> {
    let mut world = World::new()?;
    let World { store, linker, .. } = &mut world;
    let function = linker.get(&mut *store, "unicode", name)?.into_func();
    let function = function
        .ok_or_else(|| Error::msg("a function"))?
        .typed::<i32, i32>(&mut *store)?;
    let memory = linker.get(&mut *store, "heap", "memory")?.into_memory();
    let memory = memory.ok_or_else(|| Error::msg("the memory"))?;
    let free = linker.get(&mut *store, "heap", "free")?.into_global();
    let free = free.ok_or_else(|| Error::msg("the pointer"))?;
    // No character beyond has a case.
    for char in ('\0'..='\u{1ffff}').chain(['\u{2f800}', char::MAX]) {
        free.set(&mut *store, Val::I32(0x80000))?;
        let at = function.call(&mut *store, u32::from(char).cast_signed())? as usize;
        let data = memory.data(&*store);
        let length = usize::from(data[at + 4]);
        let found = std::str::from_utf8(&data[at + 8..at + 8 + length])?;
        assert_eq!(found, map(char), "{char:?}");
    }
    Ok(())
}

#[test]
fn every_character_has_the_upper_case_of_the_database() -> Result<()> {
    agrees("to_upper", |char| char.to_uppercase().collect())
}

#[test]
fn every_character_has_the_lower_case_of_the_database() -> Result<()> {
    agrees("to_lower", |char| char.to_lowercase().collect())
}

#[test]
fn every_character_has_the_class_of_the_database() -> Result<()> {
    let mut world = World::new()?;
    let World { store, linker, .. } = &mut world;
    let function = linker.get(&mut *store, "unicode", "class")?.into_func();
    let function = function
        .ok_or_else(|| Error::msg("a function"))?
        .typed::<i32, i64>(&mut *store)?;
    for char in '\0'..=char::MAX {
        let found = function.call(&mut *store, u32::from(char).cast_signed())?;
        let expected = i64::from(char.is_alphabetic())
            + 2 * i64::from(char.is_uppercase())
            + 4 * i64::from(char.is_lowercase())
            + 8 * i64::from(char.is_numeric())
            + 16 * i64::from(char.is_whitespace())
            + 32 * i64::from(char.is_control());
        assert_eq!(found, expected, "{char:?}");
    }
    Ok(())
}
