//! The long forms of the error codes: the pages of `docs/errors/`.

macro_rules! pages {
    ($($code:literal)*) => {
        /// Each code with its page.
        pub const EXPLANATIONS: &[(&str, &str)] = &[
            $(($code, include_str!(concat!("../../docs/errors/", $code, ".md")))),*
        ];
    };
}

pages! {
    "E0090" "E0091" "E0092" "E0101" "E0102" "E0103" "E0104" "E0105" "E0106" "E0107" "E0108"
    "E0109" "E0110" "E0111" "E0112" "E0113" "E0114" "E0115" "E0116" "E0117" "E0118" "E0120"
    "E0121" "E0122" "E0123" "E0201" "E0202" "E0203" "E0204" "E0205" "E0206" "E0207" "E0208"
    "E0209" "E0210" "E0211" "E0212" "E0213" "E0214" "E0215" "E0216" "E0217" "E0218" "E0219"
    "E0220" "E0221" "E0222" "E0223" "E0224" "E0225" "E0227" "E0228" "E0301" "E0302" "E0303"
    "E0304" "W0101" "W0102" "W0103" "W0104" "W0301"
}
