//! The resolver through its public face: texts in, diagnostics and meanings out.

/// Holds a text against its snapshot.
macro_rules! assert_shown {
    ($shown:expr) => {{
        let shown: String = $shown;
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(shown) });
    }};
}

mod any_text;
mod common;
mod modules;
mod names;
mod patterns;
