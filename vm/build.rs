//! Tells whether the interpreter may pass from instruction to instruction by calls in tail position: where the compiler
//! optimises, it makes jumps of them. Elsewhere they would fill the stack.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(threaded)");
    let is_set = |name: &str, values: &[&str]| std::env::var(name).is_ok_and(|value| values.contains(&&*value));
    let optimised = is_set("OPT_LEVEL", &["2", "3", "s"]);
    let known = is_set("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"]) && is_set("CARGO_CFG_TARGET_FAMILY", &["unix"]);
    if optimised && known && std::env::var_os("CARGO_CFG_MIRI").is_none() {
        println!("cargo::rustc-cfg=threaded");
    }
}
