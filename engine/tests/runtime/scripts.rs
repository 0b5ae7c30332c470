//! Runs the `.wast` scripts beside the runtime's files. Each gets a fresh world.

use std::path::Path;

use runtime_wat::{COLLECTORS, FILES, File};
use wasmtime::{Error, Instance, Result, Val};
use wast::core::{NanPattern, WastArgCore, WastRetCore};
use wast::parser::{self, ParseBuffer};
use wast::{QuoteWat, Wast, WastArg, WastDirective, WastExecute, WastInvoke, WastRet};

use crate::world::World;

struct Script {
    world: World,
    current: Option<Instance>,
}

impl Script {
    fn module(&mut self, mut module: QuoteWat) -> Result<()> {
        let name = module.name().map(|id| id.name().to_string());
        let instance = self.world.instantiate(&module.encode()?)?;
        if let Some(name) = name {
            self.world
                .linker
                .instance(&mut self.world.store, &name, instance)?;
        }
        self.current = Some(instance);
        Ok(())
    }

    fn invoke(&mut self, invoke: &WastInvoke) -> Result<Vec<Val>> {
        let store = &mut self.world.store;
        let function = match invoke.module {
            Some(id) => self
                .world
                .linker
                .get(&mut *store, id.name(), invoke.name)
                .ok()
                .and_then(|found| found.into_func()),
            None => self
                .current
                .and_then(|instance| instance.get_func(&mut *store, invoke.name)),
        };
        let function =
            function.ok_or_else(|| Error::msg(format!("no function `{}`", invoke.name)))?;
        let args: Vec<Val> = invoke.args.iter().map(argument).collect::<Result<_>>()?;
        let mut results = vec![Val::I32(0); function.ty(&*store).results().len()];
        function.call(&mut *store, &args, &mut results)?;
        Ok(results)
    }

    fn directive(&mut self, directive: WastDirective) -> Result<()> {
        match directive {
            WastDirective::Module(module) => self.module(module),
            WastDirective::Invoke(invoke) => self.invoke(&invoke).map(|_| ()),
            WastDirective::AssertReturn {
                exec: WastExecute::Invoke(invoke),
                results,
                ..
            } => {
                let found = self.invoke(&invoke)?;
                let agree = found.len() == results.len()
                    && found.iter().zip(&results).all(|(a, b)| matches(a, b));
                if agree {
                    Ok(())
                } else {
                    Err(Error::msg(format!("found {found:?}")))
                }
            }
            WastDirective::AssertTrap {
                exec: WastExecute::Invoke(invoke),
                message,
                ..
            } => match self.invoke(&invoke) {
                Ok(found) => Err(Error::msg(format!("no trap but {found:?}"))),
                Err(error) if format!("{error:?}").contains(message) => Ok(()),
                Err(error) => Err(error),
            },
            _ => Err(Error::msg("a directive that this runner does not know")),
        }
    }
}

fn argument(arg: &WastArg) -> Result<Val> {
    Ok(match arg {
        WastArg::Core(WastArgCore::I32(n)) => Val::I32(*n),
        WastArg::Core(WastArgCore::I64(n)) => Val::I64(*n),
        WastArg::Core(WastArgCore::F64(n)) => Val::F64(n.bits),
        _ => return Err(Error::msg("an argument that this runner does not know")),
    })
}

fn matches(found: &Val, expected: &WastRet) -> bool {
    match (found, expected) {
        (Val::I32(a), WastRet::Core(WastRetCore::I32(b))) => a == b,
        (Val::I64(a), WastRet::Core(WastRetCore::I64(b))) => a == b,
        (Val::F64(a), WastRet::Core(WastRetCore::F64(NanPattern::Value(b)))) => *a == b.bits,
        (Val::F64(a), WastRet::Core(WastRetCore::F64(_))) => f64::from_bits(*a).is_nan(),
        _ => false,
    }
}

/// Runs a script, and names the line of the first directive that fails.
fn run(path: &Path, collector: &str, stress: bool) -> Result<()> {
    let text = std::fs::read_to_string(path)?;
    let buffer = ParseBuffer::new(&text)?;
    let wast: Wast = parser::parse(&buffer).map_err(|mut error| {
        error.set_text(&text);
        Error::msg(error.to_string())
    })?;
    let mut script = Script {
        world: World::with_collector(collector, stress)?,
        current: None,
    };
    for directive in wast.directives {
        let line = directive.span().linecol_in(&text).0 + 1;
        script
            .directive(directive)
            .map_err(|error| error.context(format!("{}:{line}", path.display())))?;
    }
    Ok(())
}

/// Every file of the runtime has a script, and each script passes with each collector, also when that runs as often as
/// it can. A collector's own script is for that collector, without stress.
#[test]
fn scripts_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime-wat");
    let mut failures = Vec::new();
    let mut check = |file: &File, collector: &str, stress: bool| {
        let path = root.join(file.path).with_extension("wast");
        if let Err(error) = run(&path, collector, stress) {
            failures.push(format!(
                "{} with {collector}, stress {stress}: {error:#}",
                file.path
            ));
        }
    };
    for (collector, file) in COLLECTORS {
        check(file, collector, false);
        for file in FILES.iter().filter(|file| file.name != "collect") {
            check(file, collector, false);
            if *collector != "bump" {
                check(file, collector, true);
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
