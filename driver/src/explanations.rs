//! The long forms of the error codes: the pages of `docs/errors/`.

macro_rules! pages {
    ($($code:literal)*) => {
        /// Each code with its page.
        pub const EXPLANATIONS: &[(&str, &str)] = &[
            $(($code, include_str!(concat!("../../docs/errors/", $code, ".md")))),*
        ];
    };
}

pages! {}
