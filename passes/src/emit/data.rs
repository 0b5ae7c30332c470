//! Where data lies, and its bytes.

use ir_defs::ops::WasmName;
use ir_defs::wasm::{Data, Module, Relocation};
use rustc_hash::FxHashMap;
use wasm_encoder as e;

use super::{Emitter, FIRST_ADDRESS, SCRATCH, SMALL_GAP, Space};

impl Emitter {
    /// Neighbours in memory share a segment, and zeros at a segment's end are the memory's own.
    pub(super) fn data(&mut self, program: &Module) -> e::DataSection {
        let mut pieces: Vec<(usize, Vec<u8>)> = Vec::new();
        for data in program.data.iter().filter(|data| !data.bytes.0.is_empty()) {
            pieces.push((
                self.index(Space::Data, &data.name) as usize,
                self.bytes(data),
            ));
        }
        pieces.sort_by_key(|(at, _)| *at);
        let mut segments: Vec<(usize, Vec<u8>)> = Vec::new();
        for (at, mut bytes) in pieces {
            bytes.truncate(
                bytes
                    .iter()
                    .rposition(|byte| *byte != 0)
                    .map_or(0, |last| last + 1),
            );
            if bytes.is_empty() {
                continue;
            }
            match segments.last_mut() {
                Some((start, segment)) if at <= *start + segment.len() + SMALL_GAP => {
                    segment.resize(at - *start, 0);
                    segment.extend(bytes);
                }
                _ => segments.push((at, bytes)),
            }
        }
        let mut section = e::DataSection::new();
        for (at, bytes) in segments {
            section.active(0, &e::ConstExpr::i32_const(at as i32), bytes);
        }
        section
    }

    /// The bytes with the addresses and table indices that they hold.
    fn bytes(&mut self, data: &Data) -> Vec<u8> {
        let mut bytes = data.bytes.0.to_vec();
        for relocation in &data.relocations {
            let (at, word) = match relocation {
                Relocation::DataAddress { at, data, offset } => {
                    (at.0, self.index(Space::Data, data) + offset.0)
                }
                Relocation::TableIndex {
                    at,
                    function,
                    arity,
                } => (at.0, self.index(Space::Element, function) << 8 | arity.0),
            };
            if let Some(place) = bytes.get_mut(at as usize..at as usize + 4) {
                place.copy_from_slice(&word.to_le_bytes());
            }
        }
        bytes
    }
}

/// The address of each piece of data, and the first address behind them all.
pub(super) fn place(data: &[Data]) -> (FxHashMap<WasmName, u32>, u32) {
    let mut addresses = FxHashMap::default();
    let mut next = FIRST_ADDRESS;
    let size = |data: &Data| data.bytes.0.len() as u32 + data.zeros.0;
    for data in data {
        if let Some(at) = data.at {
            addresses.insert(data.name.clone(), at.0);
            next = next.max(at.0 + size(data));
        }
    }
    // Scratch areas, which code names most, get the shortest addresses; what is large comes last.
    let rank = |data: &&Data| match (data.bytes.0.is_empty(), data.zeros.0) {
        (true, zeros) if zeros <= SCRATCH => 0,
        (false, _) => 1,
        (true, _) => 2,
    };
    let mut free: Vec<&Data> = data.iter().filter(|data| data.at.is_none()).collect();
    free.sort_by_key(rank);
    for data in free {
        let at = next.next_multiple_of(data.align.0.max(1));
        addresses.insert(data.name.clone(), at);
        next = at + size(data);
    }
    (addresses, next.next_multiple_of(8))
}
