//! Tokens: numbers, strings, comments, and what holds for every token list.

use crate::{told, tree};
use prism_compiler::parse::{TokenKind, parse, tokens};
use prism_diagnostics::{Code, SourceId};

#[test]
fn numbers() {
    let cases = [
        ("42", 42.0),
        ("3.25", 3.25),
        ("1e-3", 1e-3),
        ("1E+3", 1e3),
        ("0xFF", 255.0),
        ("0XfF_fF", 65535.0),
        ("1_000", 1000.0),
        ("1_0.2_5e1_0", 10.25e10),
        ("0xE", 14.0),
        ("0xFFFFFFFFFFFFFFFF", 18446744073709551615.0),
        ("0x100000000000000000", 295147905179352825856.0),
        ("9007199254740993", 9007199254740992.0),
        ("1e400", f64::INFINITY),
        ("00012", 12.0),
    ];
    for (text, value) in cases {
        assert_eq!(tree(text), value.to_string(), "{text}");
    }
}

#[test]
fn malformed_numbers() {
    for text in [
        "5.", "5.x", "5._0", "1__0", "1_", "1_.5", "0x", "0x_1", "0xG", "3e", "3e+", "12px", "1.5e3x", ".5", "1.2.3",
        "1é",
    ] {
        let parsed = parse(SourceId(0), text);
        let codes: Vec<_> = parsed.diagnostics.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, [Code::E0102], "{text}\n{}", told(text, &parsed.diagnostics));
    }
}

#[test]
fn strings() {
    let cases = [
        (r#""a\n\t\r\\\"\'\0\$""#, "a\n\t\r\\\"'\0$"),
        (r#""\x41\u00e9\u{1F600}\u{7a}""#, "A\u{e9}\u{1F600}z"),
        (r#""\ud83d\ude00\u{d83d}\u{de00}""#, "\u{1F600}\u{1F600}"),
        (r#""\q\.\%\é\01""#, "q.%\u{e9}\u{0}1"),
        (r#"'say "hi" to ${name} $'"#, "say \"hi\" to ${name} $"),
        ("`one\r\ntwo\nthree`", "one\ntwo\nthree"),
        ("`a\\`b \\\nc`", "a`b \nc"),
        ("```C:\\new\\x1 \\` \"q\" `` \r\n$```", "C:\\new\\x1 \\` \"q\" `` \n$"),
        ("``````", ""),
        ("``", ""),
        (r#""$ {a} $$""#, "$ {a} $$"),
    ];
    for (text, meant) in cases {
        assert_eq!(tree(text), format!("{meant:?}"), "{text}");
    }
}

#[test]
fn interpolation() {
    assert_eq!(tree(r#""a ${b} c""#), r#"(template "a " b " c")"#);
    assert_eq!(tree(r#""${ {a: "}"}.a }${"x"}""#), r#"(template {a: "}"}.a "x")"#);
    assert_eq!(tree("\"${\n  a // one\n  + b\n}\""), "(template (+ a b))");
    assert_eq!(tree("`<${`[${```(${w})```}]`}>`"), r#"(template "<" (template "[" (template "(" w ")") "]") ">")"#);
    assert_eq!(tree("\"${(() => { let k = 2\nreturn k })()}\""), "(template '(lambda () {(let k=2); (return k)})())");
    assert_eq!(tree(r#"```\${w}```"#), r#"(template "\\" w)"#);
}

#[test]
fn malformed_escapes() {
    for text in [
        r#""\x4""#,
        r#""\xg0""#,
        r#""\u12""#,
        r#""\u{}""#,
        r#""\u{110000}""#,
        r#""\u{1234567}""#,
        r#""\ud83d""#,
        r#""\ud83dx""#,
        r#""\ude00""#,
        r#"`\u{d800}`"#,
    ] {
        let parsed = parse(SourceId(0), text);
        let codes: Vec<_> = parsed.diagnostics.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, [Code::E0103], "{text}");
    }
    assert_eq!(parse(SourceId(0), r#""\x4 and \u{}""#).diagnostics.len(), 2);
}

#[test]
fn names() {
    assert_eq!(tree("größe + 名前 - Δ_1 * _x"), "(- (+ größe 名前) (* Δ_1 _x))");
    // A keyword only where the grammar asks for it.
    for kind in TokenKind::ALL.iter().filter(|kind| kind.is_name()) {
        let Some(word) = kind.text() else { continue };
        let text = format!(
            "{word} = f({word})\nlet {word} = {word}.{word}\nx => {word} + {word}\n{{{word}: {word}, {word}}}\n[{word}]\n{word}({word})\n"
        );
        let expected = format!(
            "(= {word} f({word}))\n(let {word}={word}.{word})\n(lambda (x) (+ {word} {word}))\n{{{word}: {word} {word}}}\n[{word}]\n{word}({word})"
        );
        assert_eq!(tree(&text.replace("\n[", ";[")), expected, "{word}");
        assert_eq!(tree(&format!("fn {word}({word}) {{ {word} }}")), format!("(fn {word} ({word}) {{{word}}})"));
        assert_eq!(
            tree(&format!("for {word} in {word} {{ {word}++ }}")),
            format!("(each {word} {word} {{(_++ {word})}})")
        );
        assert_eq!(tree(&format!("if {word} {{ {word} }}")), format!("(if {word} {{{word}}})"));
    }
    // Reserved words are keys and members.
    for kind in TokenKind::ALL.iter().filter(|kind| kind.is_reserved()) {
        let word = kind.text().unwrap();
        assert_eq!(
            tree(&format!("o.{word}.{word}\n({{{word}: 1, a: 2}})")),
            format!("o.{word}.{word}\n'{{{word}: 1 a: 2}}")
        );
        assert_eq!(tree(&format!("let {{a, {word}: b}} = o?.{word}")), format!("(let {{a {word}: b}}=o?.{word})"));
        assert_eq!(tree(&format!("f(a, {word}: 1)")), format!("f(a {word}: 1)"));
    }
}

#[test]
fn comments_are_kept() {
    let text = "\u{feff}/** @name x */ a // one\r\n/* two */ \"${ /* three */ b}\"";
    let lexed = tokens(SourceId(0), text);
    let written: Vec<_> =
        lexed.comments.iter().map(|comment| &text[comment.span.start as usize..comment.span.end as usize]).collect();
    assert_eq!(written, ["/** @name x */", "// one", "/* two */", "/* three */"]);
    assert_eq!(parse(SourceId(0), text).module.metadata, lexed.comments.first().cloned());
    assert_eq!(parse(SourceId(0), "a /** @name x */").module.metadata, None);
    assert_eq!(parse(SourceId(0), "/**/ a").module.metadata, None);
}

#[test]
fn bad_characters_are_told_once() {
    let text = "a = b @@@ c\nlet $x = 1\nd & e\n“f”";
    let parsed = parse(SourceId(0), text);
    insta::assert_snapshot!(told(text, &parsed.diagnostics));
}
