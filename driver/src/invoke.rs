//! `aivic run --invoke 'f(1, [2, 3])'`: a call of a function that the entry module exports.
//!
//! The call becomes a module of its own that uses the entry module, and whose `main` shows what the call gives:
//!
//! ```text
//! module invoke
//! use shop
//! use shop (f)
//! use aivi.console as InvokeConsole
//! export invokedCall
//! invokedCall =
//!   f(1)( [2, 3])
//! main = InvokeConsole.printLine "{invokedCall}"
//! ```
//!
//! so the arguments are AIVI, and what is wrong with them is said like anything else. An effect is run; of one that
//! gives `Unit` nothing is shown. What it gives is known after `typecheck`, so that is asked for first.

use std::path::Path;

use ir_defs::session::LoadedSource;
use ir_defs::typed;
use ir_defs::types::Type;
use nanopass::{Span, TyId};

use crate::compile::{Compilation, Request, compile_source, read_entry, unreadable};
use crate::load::{FileLoader, WithEntry, header};

/// The name of the module that is made, and of the text that messages show.
const MODULE: &str = "invoke";
const SHOWN: &str = "--invoke";
/// The name of the text of the module that is made; messages speak of the call instead.
const MADE: &str = "--invoke (module)";
/// What the call is bound to, a name that the entry module hardly exports.
const CALL: &str = "invokedCall";

/// A call, with the arguments apart.
#[derive(PartialEq, Eq, Debug)]
struct Call<'c> {
    function: &'c str,
    /// `None`: the name alone, a value.
    arguments: Option<Vec<&'c str>>,
}

/// Compiles a module that makes the call and shows what it gives.
///
/// # Errors
///
/// The call is not written as one, or lacks arguments.
pub fn compile_call(file: &str, call: &str, request: Request) -> Result<Compilation, String> {
    let parsed = parse(call).ok_or_else(|| {
        format!("`--invoke {call}`: write the call of a function, such as 'f(1, [2, 3])'")
    })?;
    let text = match read_entry(file) {
        Ok(text) => text,
        Err(problem) => return Ok(unreadable(file, &problem, request)),
    };
    let module = header(&text).unwrap_or("main").to_owned();
    let compile_with = |imports: &str, main: &str, request: Request| {
        let text_of_call = format!(
            "module {MODULE}\n\nuse {module}\nuse {module} ({})\n{imports}export {CALL}\n\n{CALL} =\n  {}\n{main}",
            parsed.function,
            written(&parsed)
        );
        let loader = WithEntry {
            module: module.clone(),
            entry: LoadedSource {
                name: if file == "-" { "<stdin>" } else { file }.to_owned(),
                text: text.clone(),
                library: false,
            },
            rest: FileLoader::for_entry(Path::new(file), &text),
        };
        let compilation = compile_source(MADE, &text_of_call, Box::new(loader), request);
        point_at_call(compilation, call, &parsed)
    };
    let mut first = request.clone();
    first.options.library = true;
    first.stop_after = Some("typecheck".to_owned());
    first.dump = Default::default();
    let typed = compile_with("", "", first);
    let Some(ty) = type_of_call(&typed) else {
        return Ok(typed);
    };
    if matches!(typed.session.types.get(ty), Type::Fun(..)) {
        return Err(format!(
            "`--invoke {call}` gives a function: an argument is missing"
        ));
    }
    let is_unit = |ty| match typed.session.types.get(ty) {
        Type::Con(con) => typed.session.tycons.name(*con) == "Unit",
        _ => false,
    };
    let main = match typed.session.as_effect(ty) {
        Some((_, given)) if is_unit(given) => {
            return Ok(compile_with("", &format!("\nmain = {CALL}\n"), request));
        }
        Some(_) => format!(
            "\nmain = effect {{\n  result <- {CALL}\n  InvokeConsole.printLine \"{{result}}\"\n}}\n"
        ),
        None => format!("\nmain = InvokeConsole.printLine \"{{{CALL}}}\"\n"),
    };
    let imports = "use aivi.console as InvokeConsole\n";
    Ok(compile_with(imports, &main, request))
}

/// Makes what is said of the module that was made speak of the call as the user wrote it.
fn point_at_call(mut compilation: Compilation, text: &str, call: &Call<'_>) -> Compilation {
    let core = &mut compilation.session.core;
    let made = core.sources.iter().find(|(_, file)| file.name == MADE);
    let Some((made, made_text)) = made.map(|(_, file)| (file.span(), file.text.clone())) else {
        return compilation;
    };
    let Some(file) = core.sources.add(SHOWN, text) else {
        return compilation;
    };
    let Some(shown) = core.sources.get(file).map(|file| file.span().lo) else {
        return compilation;
    };
    let offset_in = |part: &str| (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    // Where each part of the call stands in the module, and where in the call.
    let mut pieces: Vec<(usize, usize, usize)> = Vec::new();
    let name = call.function;
    let import = format!(" ({name})");
    let imported = made_text.find(&import).map_or(0, |at| at + 2);
    pieces.push((imported, name.len(), offset_in(name)));
    let definition = format!("{CALL} =\n  ");
    let mut at = made_text
        .find(&definition)
        .map_or(0, |at| at + definition.len());
    pieces.push((at, name.len(), offset_in(name)));
    at += name.len();
    for argument in call.arguments.iter().flatten() {
        at += 1;
        pieces.push((at, argument.len(), offset_in(argument)));
        at += argument.len() + 1;
    }
    let place = |position: u32| {
        let position = (position - made.lo) as usize;
        let piece = pieces.iter().rfind(|&&(start, ..)| start <= position);
        let (start, length, target) = piece.copied().unwrap_or((0, 0, 0));
        shown + (target + (position - start).min(length)) as u32
    };
    let moved = |span: Span| {
        if made.lo <= span.lo && span.hi <= made.hi {
            Span::new(place(span.lo), place(span.hi))
        } else {
            span
        }
    };
    for mut diagnostic in core.diagnostics.take() {
        let labels = diagnostic
            .primary
            .iter_mut()
            .chain(&mut diagnostic.secondary);
        labels.for_each(|label| label.span = moved(label.span));
        for edit in &mut diagnostic.edits {
            edit.span = moved(edit.span);
        }
        core.report(diagnostic);
    }
    compilation
}

/// The type of the call, if nothing is wrong with it.
fn type_of_call(compilation: &Compilation) -> Option<TyId> {
    if !compilation.is_done() {
        return None;
    }
    let program = compilation.program.as_ref()?.as_any();
    let program = program.downcast_ref::<typed::Program>()?;
    let name = format!("{MODULE}.{CALL}");
    let mut defines = program.groups.iter().flat_map(|group| &group.binds);
    let define = defines.find(|define| compilation.session.globals.name(define.global) == name)?;
    Some(define.type_)
}

/// The call in AIVI, where functions take one argument after the other.
fn written(call: &Call<'_>) -> String {
    match &call.arguments {
        None => call.function.to_owned(),
        Some(arguments) if arguments.is_empty() => format!("{}()", call.function),
        Some(arguments) => format!("{}({})", call.function, arguments.join(")(")),
    }
}

/// `f(1, [2, 3])`, `f()` or `f`.
fn parse(call: &str) -> Option<Call<'_>> {
    let call = call.trim();
    let end = call.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let (function, rest) = call.split_at(end.unwrap_or(call.len()));
    if !function.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        return None;
    }
    let rest = rest.trim_start();
    if rest.is_empty() {
        return Some(Call {
            function,
            arguments: None,
        });
    }
    let inner = rest.strip_prefix('(')?.strip_suffix(')')?;
    Some(Call {
        function,
        arguments: Some(arguments(inner)?),
    })
}

/// The text between the commas that stand in no brackets and no text; `None` if a bracket closes nothing.
fn arguments(text: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let mut start = 0;
    // What is open: brackets, and `"` for a text.
    let mut open: Vec<char> = Vec::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (open.last(), letter) {
            (Some('"'), '\\') => {
                letters.next();
            }
            (Some('"'), '"') => {
                open.pop();
            }
            // An interpolation.
            (Some('"'), '{') => open.push('{'),
            (Some('"'), _) => {}
            (_, '"' | '(' | '[' | '{') => open.push(letter),
            (last, ')' | ']' | '}') => {
                let opening = match letter {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                if last != Some(&opening) {
                    return None;
                }
                open.pop();
            }
            // A character; an apostrophe begins nothing else.
            (_, '\'') => {
                let (_, first) = letters.next()?;
                if first == '\\' {
                    letters.next();
                }
                letters.by_ref().find(|&(_, letter)| letter == '\'')?;
            }
            (None, ',') => {
                parts.push(text.get(start..at)?);
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = text.get(start..)?;
    // A trailing comma is fine, as it is in lists.
    if !last.trim().is_empty() {
        parts.push(last);
    }
    open.is_empty().then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(text: &str) -> Option<String> {
        parse(text).map(|call| written(&call))
    }

    #[test]
    fn arguments_come_one_after_the_other() {
        assert_eq!(call("f(1, [2, 3])").as_deref(), Some("f(1)( [2, 3])"));
        assert_eq!(call(" f ( (1, 2) ) ").as_deref(), Some("f( (1, 2) )"));
        assert_eq!(call("f()").as_deref(), Some("f()"));
        assert_eq!(call("answer").as_deref(), Some("answer"));
        assert_eq!(call("f(1,)").as_deref(), Some("f(1)"));
        let texts = r#"f("a, {g "b)" (1, 2)}", ',', '\'', "\",")"#;
        let curried = r#"f("a, {g "b)" (1, 2)}")( ',')( '\'')( "\",")"#;
        assert_eq!(call(texts).as_deref(), Some(curried));
    }

    #[test]
    fn what_is_no_call_is_none() {
        for text in ["", "F(1)", "f(1", "f 1", "f(1) + 2", "f(])", "1", "f('a)"] {
            assert_eq!(call(text), None, "{text}");
        }
    }
}
