//! The style, case by case.

use crate::common::check;

/// The text in the one style.
#[track_caller]
fn formatted(text: &str) -> String {
    check(text).unwrap_or_else(|failure| panic!("{failure}"))
}

macro_rules! styles {
    ($($name:ident: $text:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(formatted($text));
        }
    )*};
}

styles! {
    operators_have_blanks: "x=a+b*-c**2\ny = ! a&&<~b||~ - c\nz=- - 1 ~+ + + 2\nt = typeof  x\nw = await(x)\nv=a~>0.5\nk = \"a\"in  b";
    semicolons_go: "a = 1; b = 2;\nc = 3;;;\n;\n{ ; d = 4; }\n";
    semicolons_stay: "a = 1; -b; +c; d\nfunction f(x) { if (x) return; g(); return; }\nfor x in xs y = x;\n[1].map(f)\nif (a) b = {c: 1}; else { d }\ndo a(); while b";
    statements_share_no_line: "if (a) { b } c = 1\nlet x = 1; let y = 2, z = 3\nwhile c {} d";
    empty_lines_are_kept_one_at_a_time: "\n\na = 1\n\n\n\nb = 2\nfunction f() {\n\n  a\n\n\n  b\n\n}\nc = {\n\n  d: 1,\n\n\n  e: 2\n\n}\n\n\n";
    literals_stay: "[0xFF, 1_000, 1e-3, 'single \\x41', \"double \\u{41}\", `two\n lines ${ a+b }`, ```raw ${c} \\n```, null, undefined, 5 .toFixed()]";
    long_lists: "report = [firstMeasurement, secondMeasurement, thirdMeasurement, fourthMeasurement, fifthMeasurement,]\nsettings = {alpha: firstMeasurement, beta: secondMeasurement, gamma: thirdMeasurement, ...others, delta}";
    objects_keep_their_lines: "a = {\n  b: 1, c: 2}\nd = {e: 1,\n  f: 2}\n{g: [1,\n 2]}\n{\n}";
    blocks_keep_their_lines: "if (a) { b }\nif (c) {\n d }\nif (e) { f } else {\n g }\nfunction h() { i; j }\nk = x => { return x }\nfunction l() {\n}";
    calls_break_at_their_arguments: "result = compute(firstMeasurement + secondMeasurement, thirdMeasurement, fourthMeasurement, last: 5)\nresult = compute(alone(firstMeasurement, secondMeasurement, thirdMeasurement, fourthMeasurement, fifth))";
    last_arguments_are_hugged: "items.forEach((item, index) => { total = total + item.price\n count++ })\nsend(\"report\", {\n  to: \"desk\", text: body })\nsetTimer(x => { a\n b }, 100)";
    rows_of_calls: "names = people.filter(person => person.age > 18 && person.active).map(person => person.name).toSorted().join(\", \")\nn = xs.filter(x => x).map(x => { a\n b })\nfirst.second.third(1).fourth[0].fifth";
    long_operations: "allowed = request.user.isAdministrator && request.path.startsWith(\"/admin\") || request.token == expectedToken && !expired\nanswer = letter |> classify(_, [\"complaint\", \"question\", \"praise\"]) |> route(_, desks) |> confirm(_, customer)\nif (request.user.isAdministrator && request.path.startsWith(\"/admin\") && request.token == expected) { a }";
    conditionals: "a = b?c:d\nstatus = agreement == 1 ? \"everybody agrees about this\" : agreement >= 0.5 ? \"most of them agree\" : \"disputed by all\"\nchoice = agreement.confidence >= threshold.lowest ~? describe(agreement, \"at length\") : askSomebodyElse(agreement)";
    confidences: "a=b~>0.9\nfact = measured.first * 2 + measured.second * 3 + measured.third * 5 + measured.fourth * 8 ~> reliability\nbest = a~||>b\nlast = best ~?> [0.7,null]\nlet [a,b]~>0.8=xs\n{x~>0.9=d, y}=o";
    branches: "if(a){b}\nelse if c { d }\nelse{\n e}\nif (a) b\nelse c\nif (a)\n b\nif (a) (b)\nif (a) [c] = d\nif (a); else b\ny = if (a) {1} else {2}";
    loops: "for(let i=0;i<3;i++){a}\nfor(;;){b}\nfor i=0;i<n;i+=2 {\nc}\nfor x,i in xs{d}\nfor (let {a,b} in xs) e\nwhile(a)b\nwhile a {b}\ndo{a}while(b)\nfor (k in m)\n{ f }";
    levels: "uncertain if(x){high{a} medium{b}\n low {c}}\nuncertain while (x) threshold(0.9,0.2){default{\nd}}\nuncertain for i=0;i<3;i++ { high {e} }";
    matching: "r = match v{1=>\"one\",-1=>\"minus\"\n [a,...b] if a>0=>{ c }\n -2 => d, {kind:\"x\",n}~>0.8=>x=>n, _=>e,}\nmatch v { 1 => a, 2 => b, }\nmatch v {\n 1 => longName.withMembers.andMore(firstMeasurement, secondMeasurement, thirdMeasurement, more), _ => x }";
    errors: "try{a}catch(e){b}\ntry{a}catch{b}finally{c}\ntry {\n a } finally { d }\nthrow\n \"x\"\nx = try {await t} catch ({message}) {message}";
    functions: "function f(a,b=1,...c){a}\nasync   fn g({a,b:[c]}):number{d}\nfn h()~>0.8{e}\nfn h2(a?: string): [number] ~ [0.5,1]~>0.8{e}\nx=async(a)=>a\ny=_=>1\nz=function(){}\nw = (firstParameter, secondParameter = defaultValue, thirdParameter = otherValue, ...others) => firstParameter";
    types: "let a:number|string=1\nlet b: array<task<string>>~[0,1] = c\nlet d: ~[0.5,1]\nlet e: {a:number,b?:\"x\"|\"y\"} = f\nlet g: (number,string)->(boolean|null) = h\nlet i: ((number) -> string) | null";
    modules: "import{a,b as c}from\"./m\"\nimport d,{e}from'./n'\nimport*as f from\"std:list\"\nexport let g=1\nexport{g as h,a,}\nexport*from\"./o\"\nexport * as p from \"./p\"\nexport default x=>x\nexport {firstLongName, secondLongName, thirdLongName as another, fourthLongName, fifthLongName} from \"./q\"";
    agents: "agents{a:Agent{capability:\"x\"} b:Agent{capability:\"y\",model:\"z\"}}\nparallel as timeout(10)min_results(2){a.b()}\nx=parallel{a:f(),b:g()}\nrace as timeout(5){\nask(x)}until(answer~?>0.7)\nsequential{a}\nin context triage{a\nb}";
    pattern_declarations: "pattern check v1.2.0{input{text:string required max_length(10)  options:{deep:boolean default(false)} optional, tags:[string]}\nexpects { n: number }\n\nreturn text with warning \"short\"}";
    returns: "function f() { return\n  1 }\nfunction g() { return x with warning \"w\" }\nfunction h() { return x with {a:1} }\nfunction i() { return // why\n x }";
    comments: "/**\n * @name x\n   * @version 1\n */\n\n// first\na = 1 // behind\n\n\n// alone\n// two\n\nb = [1, // one\n  2 // two\n  , /* three */ 3 /* after */,\n  // last\n]\nfunction f(/* none */) { // opens\n  // only\n}\nif (x) { /* empty */ } // else\nelse { // y\n}\nc = // value\n  1\n    + /* plus */ 2 // sum\n// end";
    comments_in_blocks_are_aligned: "function f() {\n      /*\n         * one\n         * two\n         */\n      a\n      /* as\n  it is */\n}";
    comments_in_rows_and_operations: "x = a // first\n  // second\n  && b\n  /* third */ && c\ny = list\n  // keep\n  .filter(f) // filtered\n  .map(g)\nz = match v {\n  // one\n  1 => a // is one\n  2 => b, // is two\n  // rest\n}";
    wide_characters_count_once: "message = say(\"ääääääääääääääääääääääää\", \"日本語日本語日本語日本語\", \"😀😀😀😀😀😀😀😀😀😀😀😀😀\", \"xxx\")";
}
