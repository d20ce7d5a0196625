//! Programs as bytes: the same program comes back, and nothing else passes.

mod common;

use common::every_instruction;
use prism_bytecode::seal::SealError;
use prism_bytecode::{Catalog, IMAGE, ImageError, Program, verify};
use proptest::prelude::*;

fn image() -> (Vec<u8>, Catalog) {
    let catalog = common::catalog();
    (every_instruction().to_image(&catalog), catalog)
}

#[test]
fn a_program_comes_back_as_it_was() {
    let (bytes, catalog) = image();
    let program = Program::from_image(&bytes, &catalog).expect("an image");
    assert_eq!(format!("{:?}", every_instruction()), format!("{program:?}"));
    assert_eq!(program.to_image(&catalog), bytes);
    assert_eq!(program.fingerprint(), every_instruction().fingerprint());
}

#[test]
fn what_is_no_image_is_refused() {
    let (bytes, catalog) = image();
    let refused = |bytes: &[u8], catalog: &Catalog| Program::from_image(bytes, catalog).err();
    assert_eq!(refused(&bytes, &Catalog::default()), Some(ImageError::Library));
    assert_eq!(refused(b"", &catalog), Some(SealError::Foreign.into()));
    assert_eq!(refused(&bytes[..bytes.len() - 1], &catalog), Some(SealError::Damaged.into()));
    let mut later = bytes.clone();
    later[4] += 1;
    let (found, expected) = (IMAGE.version + 1, IMAGE.version);
    assert_eq!(refused(&later, &catalog), Some(SealError::Version { found, expected }.into()));
    let mut long = IMAGE.open(&bytes).expect("an image").to_vec();
    long.push(0);
    assert!(matches!(refused(&IMAGE.close(&long), &catalog), Some(ImageError::Malformed(_))));
}

#[test]
fn a_copy_that_was_changed_has_a_fingerprint_of_its_own() {
    let program = every_instruction();
    let before = program.fingerprint();
    let mut changed = program.clone();
    changed.functions[0].name = "another".into();
    assert_ne!(changed.fingerprint(), before);
}

proptest! {
    /// Behind a right seal, too.
    #[test]
    fn changed_bytes_give_an_error_or_a_program_that_can_be_run(at in any::<prop::sample::Index>(), byte: u8, cut: bool) {
        let (bytes, catalog) = image();
        let mut body = IMAGE.open(&bytes).expect("an image").to_vec();
        let at = at.index(body.len());
        if cut { body.truncate(at) } else { body[at] = byte }
        if let Ok(program) = Program::from_image(&IMAGE.close(&body), &catalog) {
            prop_assert_eq!(verify(&program, &catalog), Ok(()));
        }
    }
}
