//! Random programs that are well typed: source text, made along types from a seed.
//!
//! Every expression is made for a type that is wanted, from what is in scope, so a program compiles by construction. It
//! ends by construction, too: functions call only those before them, or themselves with a smaller number. Calls are
//! counted against [`WORK`], with what their callee costs and how often a loop around them runs.
//!
//! A file for each kind of text: `expressions`, which choose among `values`, `functions`, `collections`, `moments` and
//! `patches`; `patterns`, `effects`, `generators`, `declarations`; definitions of functions and data types are here.

mod collections;
mod declarations;
mod effects;
mod expressions;
mod functions;
mod generators;
mod moments;
mod patches;
mod patterns;
mod values;

use std::fmt::Write;

/// About how many calls a program makes at most.
const WORK: u64 = 20_000;
/// How deep expressions nest.
const DEPTH: u32 = 4;

/// A program from a seed: the same seed gives the same program.
pub fn program(seed: u64) -> String {
    let mut generator = Generator {
        state: seed,
        ..Generator::default()
    };
    generator.header();
    generator.data_types();
    generator.helpers();
    generator.declarations();
    generator.domain();
    for _ in 0..3 {
        generator.function();
        generator.recursion();
    }
    generator.clauses();
    generator.doors();
    generator.effect_functions();
    generator.constants();
    generator.main();
    generator.text
}

/// A type without variables.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Ty {
    Int,
    Float,
    Bool,
    Char,
    Text,
    List(Box<Ty>),
    Option(Box<Ty>),
    /// The error, then the value.
    Result(Box<Ty>, Box<Ty>),
    Map(Box<Ty>, Box<Ty>),
    Set(Box<Ty>),
    Tuple(Vec<Ty>),
    /// Fields, in the order of the alphabet.
    Record(Vec<(&'static str, Ty)>),
    /// A data type of [`Generator::data`], with its arguments.
    Data(usize, Vec<Ty>),
    Fun(Vec<Ty>, Box<Ty>),
}

impl Ty {
    /// Whether there is no function in its values, which `==` and `<` compare then.
    fn compares(&self) -> bool {
        match self {
            Ty::Int | Ty::Float | Ty::Bool | Ty::Char | Ty::Text => true,
            Ty::List(item) | Ty::Option(item) | Ty::Set(item) => item.compares(),
            Ty::Result(first, second) | Ty::Map(first, second) => {
                first.compares() && second.compares()
            }
            Ty::Tuple(items) | Ty::Data(_, items) => items.iter().all(Ty::compares),
            Ty::Record(fields) => fields.iter().all(|(_, field)| field.compares()),
            Ty::Fun(..) => false,
        }
    }
}

/// The names of fields.
const LABELS: [&str; 4] = ["age", "left", "name", "right"];
/// The names of the data types, and of their parameters.
const DATA: [(&str, &[&str]); 3] = [("Shade", &[]), ("Holder", &["A"]), ("Chain", &["A", "B"])];

/// A field of a constructor.
#[derive(Clone)]
enum Field {
    Plain(Ty),
    /// The parameter with this number.
    Param(usize),
    /// A list of the parameter.
    Params(usize),
    /// The data type itself, at the same arguments.
    Itself,
}

#[derive(Clone)]
struct Constructor {
    name: String,
    fields: Vec<Field>,
}

/// A function at the top level.
#[derive(Clone)]
struct Function {
    name: String,
    params: Vec<Ty>,
    result: Ty,
    /// About how many calls one call makes.
    cost: u64,
    /// The first argument says how often it calls itself, so it must be small.
    counted: bool,
}

/// A function that makes an effect, from an `Int`.
#[derive(Clone)]
struct Action {
    name: String,
    error: Ty,
    result: Ty,
    cost: u64,
}

#[derive(Default)]
struct Generator {
    state: u64,
    text: String,
    data: Vec<Vec<Constructor>>,
    functions: Vec<Function>,
    actions: Vec<Action>,
    doors: Vec<generators::Door>,
    /// What is in scope, with its type.
    variables: Vec<(String, Ty)>,
    names: u32,
    /// The calls of what is being generated, and how often the place runs that is being filled.
    calls: u64,
    repeated: u64,
}

impl Generator {
    /// The next number: SplitMix64 (Steele, Lea and Flood, 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }

    fn fresh(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    /// Fills a place that runs that often, with more in scope.
    fn within<T>(
        &mut self,
        variables: Vec<(String, Ty)>,
        times: u64,
        fill: impl FnOnce(&mut Generator) -> T,
    ) -> T {
        let (scope, repeated) = (self.variables.len(), self.repeated);
        self.variables.extend(variables);
        self.repeated = repeated.max(1) * times;
        let filled = fill(self);
        self.variables.truncate(scope);
        self.repeated = repeated;
        filled
    }

    /// Whether there is work left for a call; then it is counted.
    fn affords(&mut self, cost: u64) -> bool {
        let calls = self.calls + cost * self.repeated.max(1);
        let affords = calls <= WORK;
        if affords {
            self.calls = calls;
        }
        affords
    }

    /// A type of values that can be shown and compared.
    fn ty(&mut self, depth: u32) -> Ty {
        let kinds = if depth == 0 { 5 } else { 14 };
        match self.below(kinds) {
            0 => Ty::Int,
            1 => Ty::Text,
            2 => Ty::Bool,
            3 => Ty::Float,
            4 => Ty::Char,
            5 | 6 => Ty::List(Box::new(self.ty(depth - 1))),
            7 => Ty::Option(Box::new(self.ty(depth - 1))),
            8 => Ty::Result(Box::new(self.ty(depth - 1)), Box::new(self.ty(depth - 1))),
            9 => {
                let count = 2 + self.below(2);
                Ty::Tuple((0..count).map(|_| self.ty(depth - 1)).collect())
            }
            10 => {
                let skipped = self.below(LABELS.len());
                let labels = LABELS.iter().enumerate();
                let labels = labels.filter(|(place, _)| *place != skipped);
                Ty::Record(
                    labels
                        .map(|(_, label)| (*label, self.ty(depth - 1)))
                        .collect(),
                )
            }
            11 => self.data_ty(depth - 1),
            12 => Ty::Map(Box::new(self.ty(0)), Box::new(self.ty(depth - 1))),
            _ => Ty::Set(Box::new(self.ty(depth - 1))),
        }
    }

    fn data_ty(&mut self, depth: u32) -> Ty {
        let data = self.below(DATA.len());
        let args = DATA[data].1.iter().map(|_| self.ty(depth)).collect();
        Ty::Data(data, args)
    }

    /// The types of a constructor's fields.
    fn fields(&self, constructor: &Constructor, data: &Ty) -> Vec<Ty> {
        let Ty::Data(_, args) = data else {
            return Vec::new();
        };
        let field = |field: &Field| match field {
            Field::Plain(ty) => ty.clone(),
            Field::Param(number) => args[*number].clone(),
            Field::Params(number) => Ty::List(Box::new(args[*number].clone())),
            Field::Itself => data.clone(),
        };
        constructor.fields.iter().map(field).collect()
    }

    fn data_types(&mut self) {
        for (number, (name, params)) in DATA.iter().enumerate() {
            let count = if number == 0 { 3 } else { 2 } + self.below(2);
            let mut constructors = Vec::new();
            for place in 0..count {
                let wanted = if place == 0 { 0 } else { 1 + self.below(3) };
                let mut fields: Vec<_> = (0..wanted).map(|_| self.field(params)).collect();
                if place == 0 && !params.is_empty() {
                    fields.push(Field::Param(0));
                } else if place == 1 {
                    fields.push(Field::Itself);
                }
                let name = format!("{name}{place}");
                constructors.push(Constructor { name, fields });
            }
            let _ = write!(self.text, "{}", [&[*name], *params].concat().join(" "));
            for (place, constructor) in constructors.iter().enumerate() {
                let sign = if place == 0 { '=' } else { '|' };
                let _ = write!(self.text, " {sign} {}", constructor.name);
                for field in &constructor.fields {
                    let written = match field {
                        Field::Plain(ty) => written(ty),
                        Field::Param(number) => params[*number].to_owned(),
                        Field::Params(number) => format!("(List {})", params[*number]),
                        Field::Itself if params.is_empty() => (*name).to_owned(),
                        Field::Itself => {
                            format!("({})", [&[*name], *params].concat().join(" "))
                        }
                    };
                    let _ = write!(self.text, " {written}");
                }
            }
            self.text.push('\n');
            self.data.push(constructors);
        }
    }

    fn field(&mut self, params: &[&str]) -> Field {
        let number = self.below(params.len());
        match self.below(6) {
            0 | 1 if !params.is_empty() => Field::Param(number),
            2 if !params.is_empty() => Field::Params(number),
            3 => Field::Plain(Ty::Record(vec![("age", Ty::Int), ("name", Ty::Text)])),
            4 => Field::Plain(Ty::Option(Box::new(Ty::Float))),
            _ => Field::Plain(self.ty(0)),
        }
    }

    /// Functions with type variables, with and without signatures, which expressions use at every type.
    fn helpers(&mut self) {
        self.text.push_str(
            "twice : (A -> A) -> A -> A
twice = f x => f (f x)
compose = f g x => g (f x)
swap = (a, b) => (b, a)
adder = x y => x + y
times : Int -> (A -> A) -> A -> A
times = n f x => if n <= 0 then x else times (n - 1) f (f x)
older : { age: Int, ...R } -> Int
older = person => person.age + 1
lookup : K -> List (K, V) -> Option V with (K: Eq)
lookup = key entries => entries ?
  | [] => None
  | [(k, v), ...rest] => if k == key then Some v else lookup key rest
",
        );
    }

    fn params(&mut self, count: usize) -> Vec<(String, Ty)> {
        (0..count)
            .map(|_| {
                let ty = if self.one_in(5) {
                    Ty::Fun(vec![self.ty(0)], Box::new(self.ty(1)))
                } else {
                    self.ty(2)
                };
                (self.fresh("p"), ty)
            })
            .collect()
    }

    /// The text of a definition's body, and what it costs.
    fn body(&mut self, params: &[(String, Ty)], result: &Ty) -> (String, u64) {
        self.calls = 0;
        let body = self.within(params.to_vec(), 1, |g| g.expr(result, DEPTH));
        (body, self.calls + 1)
    }

    fn define(&mut self, name: &str, params: &[(String, Ty)], result: &Ty, body: &str) {
        let types: Vec<_> = params.iter().map(|(_, ty)| ty).collect();
        self.signature(name, &types, result);
        let names: Vec<_> = params.iter().map(|(name, _)| name.as_str()).collect();
        let arrow = if names.is_empty() { "" } else { " => " };
        let _ = writeln!(self.text, "{name} = {}{arrow}{body}", names.join(" "));
    }

    /// A signature, except where a parameter is a record: there it would take any record with these fields, and the
    /// definition takes these records only.
    fn signature(&mut self, name: &str, params: &[&Ty], result: &Ty) {
        if params.iter().any(|ty| matches!(ty, Ty::Record(_))) {
            return;
        }
        let types = params.iter().copied().chain([result]).map(written);
        let types: Vec<_> = types.collect();
        let _ = writeln!(self.text, "{name} : {}", types.join(" -> "));
    }

    fn function(&mut self) {
        let count = 1 + self.below(3);
        let params = self.params(count);
        let result = self.ty(2);
        let (body, cost) = self.body(&params, &result);
        let name = self.fresh("fun");
        self.define(&name, &params, &result, &body);
        let params = params.into_iter().map(|(_, ty)| ty).collect();
        let counted = false;
        self.functions.push(Function {
            name,
            params,
            result,
            cost,
            counted,
        });
    }

    /// A function that calls itself with a smaller number: as a loop, or with something left to do.
    fn recursion(&mut self) {
        let result = self.ty(2);
        let (n, state) = (self.fresh("n"), self.fresh("state"));
        let params = vec![(n.clone(), Ty::Int), (state.clone(), result.clone())];
        let name = self.fresh("loop");
        let (step, cost) = self.body(&params, &result);
        let body = if self.one_in(2) {
            format!("if {n} <= 0 then {state} else {name} ({n} - 1) ({step})")
        } else {
            let more = self.fresh("more");
            let step = step.replace(&state, &more);
            format!("if {n} <= 0 then {state} else {{ {more} = {name} ({n} - 1) {state}; {step} }}")
        };
        self.define(&name, &params, &result, &body);
        self.functions.push(Function {
            name,
            params: vec![Ty::Int, result.clone()],
            result,
            cost: cost * 4,
            counted: true,
        });
    }

    /// A function by clauses.
    fn clauses(&mut self) {
        let (param, result) = (self.ty(2), self.ty(1));
        let name = self.fresh("clauses");
        self.calls = 0;
        let arms = self.arms(&param, DEPTH - 1, |g, depth| g.atom(&result, depth));
        self.signature(&name, &[&param], &result);
        let _ = writeln!(self.text, "{name} =");
        for arm in arms {
            let _ = writeln!(self.text, "  {arm}");
        }
        let cost = self.calls + 1;
        self.functions.push(Function {
            name,
            params: vec![param],
            result,
            cost,
            counted: false,
        });
    }

    /// Values at the top level, which functions cannot need, and expressions can.
    fn constants(&mut self) {
        let mut constants = Vec::new();
        for _ in 0..2 {
            let ty = self.ty(2);
            let name = self.fresh("constant");
            let (body, _) = self.body(&[], &ty);
            self.define(&name, &[], &ty, &body);
            constants.push((name, ty));
        }
        self.variables.extend(constants);
    }
}

/// A type as the argument of another.
fn written(ty: &Ty) -> String {
    let all = |types: &[Ty], between: &str| {
        let texts: Vec<_> = types.iter().map(written).collect();
        texts.join(between)
    };
    match ty {
        Ty::Int => "Int".to_owned(),
        Ty::Float => "Float".to_owned(),
        Ty::Bool => "Bool".to_owned(),
        Ty::Char => "Char".to_owned(),
        Ty::Text => "Text".to_owned(),
        Ty::List(item) => format!("(List {})", written(item)),
        Ty::Option(item) => format!("(Option {})", written(item)),
        Ty::Result(error, value) => format!("(Result {} {})", written(error), written(value)),
        Ty::Map(key, value) => format!("(Map {} {})", written(key), written(value)),
        Ty::Set(item) => format!("(Set {})", written(item)),
        Ty::Tuple(items) => format!("({})", all(items, ", ")),
        Ty::Record(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(label, ty)| format!("{label}: {}", written(ty)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Ty::Data(data, args) if args.is_empty() => DATA[*data].0.to_owned(),
        Ty::Data(data, args) => format!("({} {})", DATA[*data].0, all(args, " ")),
        Ty::Fun(params, result) => format!("({} -> {})", all(params, " -> "), written(result)),
    }
}
