//! `parallax fmt`.

mod common;

use common::{file, parallax, parallax_reading};
use std::fs;
use std::path::Path;

const ROUGH: &str = "a=1;b  =  2 // two\r\n";
const FINE: &str = "a = 1\nb = 2 // two\n";

fn read(path: &str) -> String {
    fs::read_to_string(path).expect("a file")
}

#[test]
fn files_are_rewritten_if_they_change() {
    let rough = file("fmt/rewritten/rough.prism", ROUGH);
    let fine = file("fmt/rewritten/fine.prism", FINE);
    let outcome = parallax(&["fmt", &rough, &fine]).expect(0);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr), ("", format!("{rough}\n")));
    assert_eq!((read(&rough).as_str(), read(&fine).as_str()), (FINE, FINE));
    assert_eq!(parallax(&["fmt", &rough, &fine]).expect(0).stderr, "");
}

#[test]
fn a_check_lists_and_writes_nothing() {
    let rough = file("fmt/checked/rough.prism", ROUGH);
    let fine = file("fmt/checked/fine.prism", FINE);
    assert_eq!(parallax(&["fmt", "--check", &fine, &rough]).expect(1).stdout, format!("{rough}\n"));
    assert_eq!(parallax(&["fmt", "--check", &fine]).expect(0).stdout, "");
    assert_eq!(read(&rough), ROUGH);
    assert_eq!(parallax_reading(ROUGH.as_bytes(), &["fmt", "-", "--check"]).expect(1).stdout, "<stdin>\n");
}

#[test]
fn standard_input_goes_to_standard_output() {
    assert_eq!(parallax_reading(ROUGH.as_bytes(), &["fmt", "-"]).expect(0).stdout, FINE);
    assert_eq!(parallax_reading(b"\n\n", &["fmt", "-"]).expect(0).stdout, "");
}

#[test]
fn folders_are_searched() {
    let names = ["fmt/folder/a.prism", "fmt/folder/deep/er/b.prism", "fmt/folder/c.txt", "fmt/folder/.git/d.prism"];
    let [a, b, text, hidden] = names.map(|name| file(name, ROUGH));
    let folder = Path::new(&a).parent().expect("a folder").to_str().expect("UTF-8").to_owned();
    let outcome = parallax(&["fmt", &folder]).expect(0);
    assert_eq!(outcome.stderr, format!("{a}\n{b}\n"));
    assert_eq!([a, b, text, hidden].map(|path| read(&path) == FINE), [true, true, false, false]);
}

#[test]
fn faults_leave_a_file_alone_and_do_not_hide_the_others() {
    let faulty = file("fmt/faults/faulty.prism", "a=(1 + )\n");
    let rough = file("fmt/faults/rough.prism", ROUGH);
    let outcome = parallax(&["fmt", &faulty, &rough]).expect(1).says("E0100").says("faulty.prism:1:8");
    assert_eq!(outcome.stdout, "");
    assert_eq!((read(&faulty).as_str(), read(&rough).as_str()), ("a=(1 + )\n", FINE));
    assert_eq!(parallax_reading(b"a = (", &["fmt", "-"]).expect(1).stdout, "");
}

#[test]
fn what_can_not_be_read_is_wrong_usage() {
    let rough = file("fmt/unreadable/rough.prism", ROUGH);
    let binary = file("fmt/unreadable/binary.prism", b"a = \xff");
    parallax(&["fmt", "nowhere.prism", &rough]).expect(2).says("E0106").says("nowhere.prism");
    assert_eq!(read(&rough), FINE);
    parallax(&["fmt", &binary]).expect(2).says("no UTF-8");
    parallax(&["fmt"]).expect(2);
    parallax(&["fmt", "--wild", "-"]).expect(2);
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let path = file("fmt/permissions/script.prism", ROUGH);
    let link = format!("{path}.link");
    fs::remove_file(&link).unwrap_or_default();
    symlink(&path, &link).expect("a link");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o751)).expect("permissions");
    parallax(&["fmt", &link]).expect(0);
    assert_eq!(read(&path), FINE);
    assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o751);
    assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());

    let kept = file("fmt/permissions/kept.prism", ROUGH);
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o444)).expect("permissions");
    parallax(&["fmt", &kept]).expect(2).says("read-only");
    assert_eq!(read(&kept), ROUGH);
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o644)).expect("permissions");
}
