//! What the grammars cannot say, language by language.
