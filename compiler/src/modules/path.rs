//! What an import's path leads to, by its spelling alone.

/// The ending of module files.
const ENDING: &str = ".prism";

/// What a path in an import may mean.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target<'p> {
    /// A module of the library, by its name after `std:`.
    Library(&'p str),
    /// The first of these paths from the root that there is.
    Files(Vec<String>),
    /// Something outside the root.
    Outside,
    /// Neither relative nor of the library.
    Neither,
}

/// What `path` means in a module of the path `importer`.
pub(super) fn target<'p>(importer: &str, path: &'p str) -> Target<'p> {
    if let Some(name) = path.strip_prefix("std:") {
        return Target::Library(name);
    }
    if path.starts_with('/') {
        return Target::Outside;
    }
    if !matches!(path.split('/').next(), Some("." | "..")) || path.contains(['\\', '\0']) {
        return Target::Neither;
    }
    let mut parts: Vec<&str> = importer.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Target::Outside;
                }
            }
            part => parts.push(part),
        }
    }
    let folder = matches!(path.rsplit('/').next(), None | Some("" | "." | ".."));
    let stem = parts.join("/");
    Target::Files(match (folder, stem.is_empty()) {
        (_, true) => vec![format!("index{ENDING}")],
        (true, false) => vec![format!("{stem}/index{ENDING}")],
        (false, false) if stem.ends_with(ENDING) => vec![stem],
        (false, false) => vec![format!("{stem}{ENDING}"), format!("{stem}/index{ENDING}")],
    })
}

#[cfg(test)]
mod tests {
    use super::{Target, target};

    fn files(importer: &str, path: &str) -> Vec<String> {
        match target(importer, path) {
            Target::Files(files) => files,
            other => panic!("{path} from {importer}: {other:?}"),
        }
    }

    #[test]
    fn paths_are_relative_to_the_importing_module() {
        assert_eq!(files("main.prism", "./words"), ["words.prism", "words/index.prism"]);
        assert_eq!(files("lib/a.prism", "./b.prism"), ["lib/b.prism"]);
        assert_eq!(files("lib/deep/a.prism", "../b"), ["lib/b.prism", "lib/b/index.prism"]);
        assert_eq!(files("lib/a.prism", ".././/lib/b.prism"), ["lib/b.prism"]);
    }

    #[test]
    fn folders_mean_their_index() {
        assert_eq!(files("lib/a.prism", "."), ["lib/index.prism"]);
        assert_eq!(files("lib/a.prism", ".."), ["index.prism"]);
        assert_eq!(files("main.prism", "./lib/"), ["lib/index.prism"]);
    }

    #[test]
    fn the_root_is_never_left() {
        assert_eq!(target("main.prism", "../secret"), Target::Outside);
        assert_eq!(target("lib/a.prism", "./../../secret"), Target::Outside);
        assert_eq!(target("lib/a.prism", "./../../lib/a"), Target::Outside);
        assert_eq!(target("main.prism", "/etc/passwd"), Target::Outside);
    }

    #[test]
    fn other_spellings_are_no_paths() {
        for path in ["words", "", "http://x/y", "..\\secret", "./a\\..\\..\\b", ".words"] {
            assert_eq!(target("main.prism", path), Target::Neither, "{path}");
        }
        assert_eq!(target("main.prism", "std:math"), Target::Library("math"));
    }
}
