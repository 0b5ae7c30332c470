//! `aivic explain`

use crate::explanations::EXPLANATIONS;
use crate::output;

/// The long form of an error code.
pub(crate) fn explain(code: &str) -> Result<u8, String> {
    let wanted = code.to_uppercase();
    let Some((_, text)) = EXPLANATIONS.iter().find(|(known, _)| *known == wanted) else {
        let names = nanopass::nearest(&wanted, EXPLANATIONS.iter().map(|(known, _)| *known));
        let hint = names
            .first()
            .map(|name| format!("; did you mean `{name}`?"));
        return Err(format!(
            "there is no error code `{code}`{}",
            hint.unwrap_or_default()
        ));
    };
    Ok(output::show(text))
}
