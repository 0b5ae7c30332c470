//! Primitives: instructions in place, or a call of the runtime.

use ir_defs::host::{HostFunction, Width};
use ir_defs::layout::{Kind, LENGTH_OFFSET, start};
use ir_defs::prims::{Lowering, Prim};
use ir_defs::rooted::Atom;
use ir_defs::terminals::Lit;
use nanopass::Meta;

use super::FunctionLowering;
use super::code::{Code, runtime};

/// The primitives that are one instruction behind their arguments.
const ONE: &[(&str, &str)] = &[
    ("int.add", "i64.add"),
    ("int.sub", "i64.sub"),
    ("int.mul", "i64.mul"),
    ("int.eq", "i64.eq"),
    ("int.ne", "i64.ne"),
    ("int.lt", "i64.lt_s"),
    ("int.le", "i64.le_s"),
    ("int.gt", "i64.gt_s"),
    ("int.ge", "i64.ge_s"),
    ("int.and", "i64.and"),
    ("int.or", "i64.or"),
    ("int.xor", "i64.xor"),
    ("int.shl", "i64.shl"),
    ("int.shr", "i64.shr_s"),
    ("int.ushr", "i64.shr_u"),
    ("int.popcount", "i64.popcnt"),
    ("int.clz", "i64.clz"),
    ("int.ctz", "i64.ctz"),
    ("int.to-float", "f64.convert_i64_s"),
    ("float.add", "f64.add"),
    ("float.sub", "f64.sub"),
    ("float.mul", "f64.mul"),
    ("float.div", "f64.div"),
    ("float.neg", "f64.neg"),
    ("float.eq", "f64.eq"),
    ("float.ne", "f64.ne"),
    ("float.lt", "f64.lt"),
    ("float.le", "f64.le"),
    ("float.gt", "f64.gt"),
    ("float.ge", "f64.ge"),
    ("float.abs", "f64.abs"),
    ("float.sqrt", "f64.sqrt"),
    ("float.floor", "f64.floor"),
    ("float.ceil", "f64.ceil"),
    ("float.trunc", "f64.trunc"),
    ("float.nearest", "f64.nearest"),
    ("float.to-int", "i64.trunc_sat_f64_s"),
    ("float.bits", "i64.reinterpret_f64"),
    ("float.from-bits", "f64.reinterpret_i64"),
    ("char.eq", "i32.eq"),
    ("char.ne", "i32.ne"),
    ("char.lt", "i32.lt_u"),
    ("char.le", "i32.le_u"),
    ("char.gt", "i32.gt_u"),
    ("char.ge", "i32.ge_u"),
    ("char.code", "i64.extend_i32_u"),
    ("char.from-code", "i32.wrap_i64"),
];

impl FunctionLowering<'_, '_> {
    /// Leaves the result on the stack, if it has width.
    pub(super) fn prim(&mut self, meta: Meta, prim: Prim, args: &[Atom], code: &mut Code) {
        if let Some((_, op)) = ONE.iter().find(|(name, _)| *name == prim.name()) {
            self.atoms(args, code);
            code.plain(op);
            return;
        }
        match (prim.name(), args) {
            ("int.neg", [value]) => {
                code.i64(0);
                self.atom(value, code);
                code.plain("i64.sub");
            }
            ("int.compare", [a, b]) => self.compare(a, b, "i64.gt_s", "i64.lt_s", code),
            ("char.compare", [a, b]) => self.compare(a, b, "i32.gt_u", "i32.lt_u", code),
            ("int.div", [a, b]) => self.division(meta, a, b, "divide", "i64.div_s", code),
            ("int.rem", [a, b]) => self.division(meta, a, b, "remainder", "i64.rem_s", code),
            ("text.to-bytes" | "text.from-bytes", [text]) => self.atom(text, code),
            ("text.size" | "bytes.size" | "array.length", [object]) => {
                self.atom(object, code);
                code.memory("i64.load32_u", LENGTH_OFFSET);
            }
            ("bytes.at", [bytes, index]) => {
                self.element(bytes, index, 1, code);
                code.memory("i64.load8_u", start(Kind::Bytes));
            }
            ("array.get", [array, index]) => {
                self.element(array, index, 4, code);
                code.memory("i32.load", start(Kind::Array));
            }
            ("array.set", [array, index, value]) => {
                self.item(array, index, value, code);
                self.atom(array, code);
            }
            ("array.new", [count]) => {
                self.atom(count, code);
                code.call(runtime("object", "array_new"));
            }
            ("panic", [message]) => {
                self.atom(message, code);
                let place = self.module.place(meta.span);
                code.address(place);
                code.call(runtime("fault", "panic"));
                code.unreachable();
            }
            ("uncaught", [message]) => {
                self.atom(message, code);
                code.call(runtime("fault", "uncaught"));
                code.unreachable();
            }
            _ => {
                if let Lowering::Host(function) = prim.info().lowering {
                    self.host_call(function, args, code);
                } else if let Lowering::Runtime(file, name) | Lowering::Effect(file, name) =
                    prim.info().lowering
                {
                    self.atoms(args, code);
                    code.call(runtime(file, name));
                } else {
                    debug_assert!(false, "{} has no lowering", prim.name());
                    code.unreachable();
                }
            }
        }
    }

    /// An import: an i32 of the host is an `Int` of the program.
    fn host_call(&mut self, function: &HostFunction, args: &[Atom], code: &mut Code) {
        for (arg, width) in args.iter().zip(&function.params) {
            self.atom(arg, code);
            if *width == Width::I32 {
                code.plain("i32.wrap_i64");
            }
        }
        let name = self.module.import(function);
        code.call(name);
        if function.result == Some(Width::I32) {
            code.plain("i64.extend_i32_u");
        }
    }

    /// 0, 1 or 2, the constructors of `Ordering`: one more than `(a > b) - (a < b)`.
    fn compare(&mut self, a: &Atom, b: &Atom, above: &str, below: &str, code: &mut Code) {
        self.atom(a, code);
        self.atom(b, code);
        code.plain(above);
        self.atom(a, code);
        self.atom(b, code);
        code.plain(below);
        code.plain("i32.sub");
        code.i32(1);
        code.plain("i32.add");
    }

    /// A division by a number that is neither 0 nor -1 can neither fault nor overflow.
    fn division(
        &mut self,
        meta: Meta,
        a: &Atom,
        b: &Atom,
        function: &str,
        op: &str,
        code: &mut Code,
    ) {
        self.atom(a, code);
        self.atom(b, code);
        match b {
            Atom::Lit {
                lit: Lit::Int(value),
                ..
            } if *value != 0 && *value != -1 => code.plain(op),
            _ => {
                let place = self.module.place(meta.span);
                code.address(place);
                code.call(runtime("int", function));
            }
        }
    }

    /// Writes an item of an array, which may be older than the item.
    fn item(&mut self, array: &Atom, index: &Atom, value: &Atom, code: &mut Code) {
        self.element(array, index, 4, code);
        self.fill_at(start(Kind::Array), value, code);
    }

    /// The address of an element, but for the offset of the first.
    fn element(&mut self, object: &Atom, index: &Atom, size: u32, code: &mut Code) {
        self.atom(object, code);
        self.atom(index, code);
        code.plain("i32.wrap_i64");
        if size > 1 {
            code.i32(size.trailing_zeros());
            code.plain("i32.shl");
        }
        code.plain("i32.add");
    }
}
