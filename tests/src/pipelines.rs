//! Random pipelines over lists: what produces, what changes and what consumes, with functions that may fault, that may not
//! end as far as a compiler can see, and that nobody knows.

use std::fmt::Write as _;

/// What the pipelines are made of.
const PRELUDE: &str = "\
slow : Int -> Int
slow = n => if n <= 0 then 0 else slow (n - 1)
grow : Int -> List Int
grow = n => if n > 40 then [] else if n % 3 == 0 then grow (n + 1) else [n, ...grow (n + 1)]
down : Int -> List Int
down = n => n ?
  | 0 => [0]
  | _ => [n, ...down (n - 1)]
odds : List Int -> List Int
odds = xs => xs ?
  | [a, _, ...rest] => [a, ...odds rest]
  | others => others
merge : List Int -> List Int -> List Int
merge = xs ys => xs ?
  | [] => ys
  | [x, ...xr] => ys ?
    | [] => xs
    | [y, ...yr] => if x <= y then [x, ...merge xr ys] else [y, ...merge xs yr]
";

/// How many pipelines a program has. A fault ends it, so those after it are not seen.
const PIPELINES: usize = 4;

/// Numbers from a seed (Marsaglia 2003, xorshift).
struct Choices(u64);

impl Choices {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % limit as u64) as i64
    }

    fn one_of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len() as i64) as usize]
    }

    fn function(&mut self) -> String {
        let number = self.below(13);
        match self.below(7) {
            0 => "(x => x + 1)".into(),
            1 => "(x => x * 3)".into(),
            2 => format!("(x => 100 / (x - {number}))"),
            3 => format!("(x => x - {number})"),
            4 => "(x => slow x)".into(),
            5 => format!("(x => 7 % (x - {number}))"),
            _ => "f".into(),
        }
    }

    fn condition(&mut self) -> String {
        let number = self.below(13);
        match self.below(6) {
            0 => "(x => x % 2 == 0)".into(),
            1 => "(x => x % 3 != 1)".into(),
            2 => format!("(x => x > {number})"),
            3 => format!("(x => 60 / (x - {number}) > 2)"),
            4 => "(x => slow x == 0)".into(),
            _ => "p".into(),
        }
    }

    /// A list, by functions that are nested up to `depth`.
    fn list(&mut self, depth: i64) -> String {
        let number = self.below(10);
        if depth == 0 || number == 0 {
            return match self.below(9) {
                0 => format!("[{}..{}]", self.below(6), self.below(15)),
                1 => "[a..b]".into(),
                2 => format!("(grow {})", 10 + self.below(40)),
                3 => format!("(down {number})"),
                4 => "given".into(),
                5 => "[5, 1, 9]".into(),
                6 => "[]".into(),
                7 => format!("(List.repeat {number} 4)"),
                _ => format!("(List.iterate {number} (x => x + 3) 1)"),
            };
        }
        let list = self.list(depth - 1);
        let text = match self.below(17) {
            0 | 1 => format!("List.map {} {list}", self.function()),
            2 | 3 => format!("List.filter {} {list}", self.condition()),
            4 => format!("List.take {} {list}", self.one_of(&["3", "a", "(60 / b)"])),
            5 => format!("List.takeWhile {} {list}", self.condition()),
            6 => format!("List.dropWhile {} {list}", self.condition()),
            7 => format!(
                "List.zipWith (x y => x * 10 + y) {list} {}",
                self.list(depth - 1)
            ),
            8 => format!("List.flatMap (x => [x..x + {}]) {list}", number % 4),
            9 => format!(
                "List.flatMap (x => List.filter {} (List.map {} [1..x % 5])) {list}",
                self.condition(),
                self.function()
            ),
            10 => format!("List.append {list} {}", self.list(depth - 1)),
            11 => format!("List.map (pair => pair |> ((i, x) => i + x)) (List.enumerate {list})"),
            12 => format!("List.scanl (s x => s + x) 0 {list}"),
            13 => format!("merge {list} {}", self.list(depth - 1)),
            14 => format!("List.filterMap (x => if x % 2 == 0 then Some (x / 2) else None) {list}"),
            15 => format!("odds {list}"),
            _ => format!("List.drop {} {list}", number % 4),
        };
        format!("({text})")
    }

    fn result(&mut self) -> String {
        let depth = 1 + self.below(4);
        let list = self.list(depth);
        match self.below(12) {
            0 => format!("List.sum {list}"),
            1 => format!("List.length {list}"),
            2 => format!("List.foldl (s x => (s * 31 + x) % 1000007) 7 {list}"),
            3 => format!("List.foldl (s x => s + 1000 / (x + 3)) 0 {list}"),
            4 => format!("List.any {} {list}", self.condition()),
            5 => format!("List.all {} {list}", self.condition()),
            6 => format!("List.find {} {list}", self.condition()),
            7 => format!("List.maximum {list}"),
            8 => format!("List.head {list}"),
            9 => format!("List.foldr (x s => x - s) 0 {list}"),
            10 => format!("List.contains 7 {list}"),
            _ => list,
        }
    }
}

/// The program of a seed, which prints what some pipelines give.
pub fn pipelines(seed: u64) -> String {
    let mut choices = Choices(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut text = PRELUDE.to_owned();
    let mut main = "main = effect {\n".to_owned();
    for index in 0..PIPELINES {
        let result = choices.result();
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "show{index} : (Int -> Int) -> (Int -> Bool) -> List Int -> Int -> Int -> Text\n\
             show{index} = f p given a b => \"{{{result}}}\"\n"
        );
        let (from, to) = (choices.below(6), 1 + choices.below(7));
        let _ = writeln!(
            main,
            "  printLine (show{index} (x => x * 2) (x => x > 3) [4, 8, 15] {from} {to})"
        );
    }
    text + &main + "}\n"
}
