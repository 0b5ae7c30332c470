//! The checks of `hir`.
