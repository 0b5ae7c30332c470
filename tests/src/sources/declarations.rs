//! Declarations that are no functions: the header, aliases, classes, instances, capabilities, and functions that need
//! them. They are the same in every program but for the choices that keep them right.

use super::{Function, Generator, Ty};

impl Generator {
    /// What stands before everything else.
    pub(super) fn header(&mut self) {
        let header = match self.below(3) {
            0 => "",
            1 => "module random\nexport *\n",
            _ => "module random\nexport main\n",
        };
        self.text.push_str(header);
        self.text.push_str(
            "use aivi.list as lists
use aivi.option (withDefault as orElse)
use aivi.text hiding (length)
use aivi.char as chars
use aivi.date (domain Calendar)
",
        );
    }

    /// A domain with two signatures of one operator, suffixes, and a function that works at its carrier and at numbers.
    pub(super) fn domain(&mut self) {
        let one = self.pick(&["Stride 1", "Stride (1 * 2)", "Stride (3 - 1)"]);
        self.text.push_str(&format!(
            "type Stride = | Stride Int
domain Walk over Stride = {{
  type Pace = Amble | Dash Int
  (+) : Stride -> Stride -> Stride
  (+) = (Stride a) (Stride b) => Stride (a + b)
  (+) : Stride -> Pace -> Stride
  (+) = s Amble => s
  (+) = (Stride a) (Dash n) => Stride (a - n)
  (*) : Stride -> Int -> Stride
  (*) = (Stride a) n => Stride (a * n)
  (-) : Stride -> Stride
  (-) = (Stride a) => Stride (0 - a)
  1st = {one}
  1dash = Dash 1
}}
strides : Stride -> Int
strides = (Stride n) => n
joined = a b => a + b
"
        ));
    }

    /// Aliases by every operator on records; a class with a superclass and a default, a class of constructors;
    /// instances, one of which replaces structural equality; a capability that nothing asks for; a destructuring
    /// binding.
    pub(super) fn declarations(&mut self) {
        let same = self.pick(&["rank a == rank b", "rank a % 2 == rank b % 2"]);
        let shades = self.data.first().map_or(0, Vec::len);
        let mut ranks = String::new();
        for (number, constructor) in self.data.iter().flatten().take(shades).enumerate() {
            let fields = " _".repeat(constructor.fields.len());
            ranks.push_str(&format!("  | {}{fields} => {number}\n", constructor.name));
        }
        self.text.push_str(&format!(
            "Named = {{ name: Text }}
Person = Named with {{ age: Int }}
Badge = Pick (name) Person
Renamed = Rename {{ name: title }} Person
Maybe = Person |> Optional (age) |> Omit (name)
badge : Badge -> Text
badge = it => it.name
narrowed : Text -> Int -> Text
narrowed = name age => badge {{ name: name, age: age }}
title : Renamed -> Text
title = it => \"{{it.title}} {{it.age}}\"
known : Maybe -> Int
known = it => it.age ?? 0
rank : Shade -> Int
rank =
{ranks}instance Eq Shade = {{ eq: a b => {same} }}
class Sized A = Ord A with {{
  size : A -> Int
  weight : A -> Int
  weight = item => size item + 1
}}
instance Sized Int = {{ size: n => n, weight: n => n }}
instance Sized Bool = {{ size: _ => 1 }}
instance Sized (List A) with (A: Sized) = {{ size: items => items |> List.map size |> List.sum }}
class Hollow (F *) = {{ hollow : F A -> Bool }}
instance Hollow (Option *) = {{ hollow: Option.isNone }}
instance Hollow (List *) = {{ hollow = List.isEmpty }}
certain : Option Text -> Option Text
certain = it => it
@inline
larger : A -> A -> Int with (A: Sized)
larger = a b => if a < b then size b else weight a
longer : List Int -> List Int -> Int
longer = larger
capability Store fails Text = {{ put : Text -> Effect Store Unit }}
grow : Int -> Int -> Int
grow = n start => {{
  go = k => if k <= 0 then start else go (k - 1) + go (k - 2)
  go n
}}
doubled : List Int -> List Int
doubled =
  | []           => []
  | [n, ...rest] => [n + n, ...doubled rest]
Day = Monday | Tuesday | Wednesday | Thursday | Friday | Saturday | Sunday
hours : Day -> Int
hours =
  | Monday    => 8
  | Tuesday   => 7
  | Wednesday => 9
  | Thursday  => 10
  | Friday    => 7
  | Saturday  => 12
  | Sunday    => -1
opens : Int -> Int
opens = n => ([Monday, Friday, Sunday] |> List.drop n |> List.map hours |> List.sum) + n
(lowest, highest) = (-3, 3)
"
        ));
        let text = |name: &str, params: Vec<Ty>, result: Ty, counted: bool| Function {
            name: name.to_owned(),
            params,
            result,
            cost: 30,
            counted,
        };
        let ints = Ty::List(Box::new(Ty::Int));
        self.functions.extend([
            text("narrowed", vec![Ty::Text, Ty::Int], Ty::Text, false),
            text("doubled", vec![ints.clone()], ints.clone(), false),
            text("opens", vec![Ty::Int], Ty::Int, false),
            text("longer", vec![ints.clone(), ints], Ty::Int, false),
            text("larger", vec![Ty::Bool, Ty::Bool], Ty::Int, false),
            text(
                "hollow",
                vec![Ty::Option(Box::new(Ty::Text))],
                Ty::Bool,
                false,
            ),
            text("grow", vec![Ty::Int, Ty::Int], Ty::Int, true),
        ]);
        self.variables.extend([
            ("lowest".to_owned(), Ty::Int),
            ("highest".to_owned(), Ty::Int),
        ]);
    }
}
