//! Tells builds apart by the sources of all that has a say in what a program is compiled to: compiled programs that are
//! kept are good for one build.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The crates whose sources count.
const CRATES: [&str; 5] = ["bytecode", "compiler", "confidence", "diagnostics", "stdlib"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("..");
    let mut files = Vec::new();
    for name in CRATES {
        println!("cargo::rerun-if-changed=../{name}");
        ["src", "std"].iter().try_for_each(|part| find(&root.join(name).join(part), &mut files))?;
    }
    files.sort();
    // FNV-1a of 64 bits.
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for file in files {
        for byte in fs::read(file)? {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
    println!("cargo::rustc-env=PRISM_BUILD={hash:016x}");
    Ok(())
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { find(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
