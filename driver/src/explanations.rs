//! The long forms of the error codes: the pages of `docs/errors/`.

macro_rules! pages {
    ($($code:literal)*) => {
        /// Each code with its page.
        pub const EXPLANATIONS: &[(&str, &str)] = &[
            $(($code, include_str!(concat!("../../docs/errors/", $code, ".md")))),*
        ];
    };
}

pages! { "E0090" "E0091" "E0092" "E0301" "E0302" "E0303" "E0304" "W0301" }
