//! The command, as the tests run it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder with the built binary. `cargo test --workspace` has built it; it is built here if it is missing.
///
/// # Panics
/// If it does not build.
pub fn folder() -> PathBuf {
    let test = env::current_exe().expect("the test's own path");
    let folder = test.parent().and_then(Path::parent).expect("the profile's folder").to_owned();
    if !folder.join(format!("parallax{}", env::consts::EXE_SUFFIX)).is_file() {
        let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
        let mut build = Command::new(env!("CARGO"));
        build.current_dir(root()).args(["build", "-q", "--workspace", "--bin", "parallax", "--profile", profile]);
        assert!(build.status().expect("cargo").success(), "the binary does not build");
    }
    folder
}

/// What `parallax pattern validate try.prism` prints of a program, in a folder that is made anew for it.
///
/// # Panics
/// If the command can't be run.
pub fn validated(program: &str, place: &Path) -> String {
    fs::create_dir_all(place).expect("a folder");
    fs::write(place.join("try.prism"), program).expect("a file");
    let mut command = Command::new(folder().join("parallax"));
    let output = command.args(["pattern", "validate", "try.prism"]).current_dir(place).output().expect("the command");
    String::from_utf8(output.stdout).expect("text")
}
