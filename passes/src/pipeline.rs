//! The one list of passes, from which the driver, the table of `aivic passes`, the names of dumps and the goldens are
//! made.

use ir_defs::{Session, *};

use crate::*;

nanopass::pipeline! {
    Session: source => binary {
        /// Reads a file into a tree that has every byte of it.
        parse: source => cst [tolerant];
        /// Groups operators, decodes literals, tells patterns and records from expressions and blocks.
        build_ast: cst => ast [tolerant];
        /// Loads modules, and resolves every name to what it means.
        resolve_names: ast => hir [tolerant];
        /// Makes lambdas of `_ + 1`, `.field` and predicates while their boundaries still stand.
        lower_sections: hir => no_sections [tolerant];
        /// Makes calls and constructors of interpolation, ranges, sigils and list spreads.
        lower_literals: no_sections => plain_literals [tolerant];
        /// Makes applications of `|>` and `??`.
        lower_pipes: plain_literals => no_pipes [tolerant];
        /// Makes step functions of `generate` blocks.
        lower_generators: no_pipes => no_generators [tolerant];
        /// Makes a flat `Do` of the blocks of effects and resources.
        lower_effects: no_generators => no_blocks [tolerant];
        /// Makes `case` of every other way to branch.
        lower_branches: no_blocks => kernel [tolerant];
        /// Infers types, and writes into the tree what they decide.
        typecheck: kernel => typed [tolerant];
        /// Reports matches that do not cover every value, and arms that no value reaches.
        check_matches: typed => typed [tolerant, gate];
        /// Makes records, matches and calls of patches.
        lower_patches: typed => unpatched;
        /// Makes decision trees of flat switches of nested patterns.
        compile_matches: unpatched => switched [gate];
        /// Copies what the roots reach, once for each use at other types.
        monomorphize: switched => mono [gate];
        /// Computes what is marked `@static`, and puts constants into its place.
        evaluate_statics: mono => mono [gate];
        /// Lists the top-level values in the order of their computation.
        order_values: mono => mono [gate];
        /// Makes functions of structural equality, ordering and `toText`.
        derive_structural: mono => derived;
        /// Makes functions of effects, and calls in order of their steps.
        sequence_effects: derived => direct;
        /// Inlines, folds and drops what makes code smaller or faster.
        simplify: direct => direct;
        /// Makes one function of a producer and its consumer, without what passes between them.
        fuse: direct => direct;
        /// Gives functions all their parameters at once.
        uncurry: direct => nary;
        /// Names every intermediate result.
        name_intermediates: nary => anf;
        /// Makes loops of recursion in tail position, under constructors and under `+`, `*` and `++`.
        introduce_loops: anf => loops;
        /// Makes variables and results of tuples and records that do not escape.
        unbox_aggregates: loops => loops;
        /// Shares results of what is computed more than once.
        share_results: loops => loops;
        /// Makes local functions whose calls are all known top-level functions.
        lift_lambdas: loops => lifted;
        /// Makes closure objects with explicit captures of the functions that remain as values.
        convert_closures: lifted => closed;
        /// Chooses how each type is represented and how the fields of each object are ordered.
        choose_layouts: closed => laid_out;
        /// Makes loads, stores and allocations of objects, with offsets and headers.
        lower_data: laid_out => memory;
        /// Puts pointers that live across collections where the collector finds them.
        place_roots: memory => rooted;
        /// Makes structured code, and tests failures where calls return.
        lower_to_wasm: rooted => wasm;
        /// Merges the runtime's files that the program needs.
        link_runtime: wasm => wasm;
        /// Drops what the exports do not reach.
        shake: wasm => wasm;
        /// Gives locals and stack their final form.
        tidy_locals: wasm => wasm;
        /// Encodes the module and validates it.
        emit: wasm => binary [gate];
    }
}
