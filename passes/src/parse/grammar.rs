//! The grammar, in a file of its own, and the parser that `pest` makes of it.

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pairs;

/// The parser of `grammar.pest`.
#[derive(pest_derive::Parser)]
#[grammar = "parse/grammar.pest"]
struct ItemParser;

/// Why an item does not parse.
pub enum Failure {
    /// The offset of the furthest place that makes sense.
    Unexpected(usize),
    /// The stack of this thread is too small for it.
    TooDeep,
}

/// Parses the masked text of one item.
pub fn parse_item(mask: &str) -> Result<Pairs<'_, Rule>, Failure> {
    ItemParser::parse(Rule::item, mask).map_err(|error| match (error.variant, error.location) {
        (ErrorVariant::CustomError { .. }, _) => Failure::TooDeep,
        (_, InputLocation::Pos(position) | InputLocation::Span((position, _))) => {
            Failure::Unexpected(position)
        }
    })
}
