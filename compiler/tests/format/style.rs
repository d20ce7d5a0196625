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
    operators_have_blanks: r##"x=a+b*-c**2
y = ! a&&<~b||~ - c
z=- - 1 ~+ + + 2
t = typeof  x
w = await(x)
v=a~>0.5
k = "a"in  b"##;

    semicolons_go: r##"a = 1; b = 2;
c = 3;;;
;
{ ; d = 4; }
"##;

    semicolons_stay: r##"a = 1; -b; +c; d
function f(x) { if (x) return; g(); return; }
for x in xs y = x;
[1].map(f)
if (a) b = {c: 1}; else { d }
do a(); while b"##;

    semicolons_tell_blocks_from_objects: r##"a = {;}
b = [{c;}]
d = {e; f}
{;}
{ g; }
h = () => {;}
i = () => { j; }"##;

    semicolons_stay_behind_open_headers: r##"for x in xs y = x; [1].map(f); (z)
while a b
c; d
export {e}; from
"f""##;

    statements_share_no_line: r##"if (a) { b } c = 1
let x = 1; let y = 2, z = 3
while c {} d"##;

    empty_lines_are_kept_one_at_a_time: r##"

a = 1



b = 2
function f() {

  a


  b

}
c = {

  d: 1,


  e: 2

}


"##;

    literals_stay: r##"[0xFF, 1_000, 1e-3, 'single \x41', "double \u{41}", `two
 lines ${ a+b }`, ```raw ${c} \n```, null, undefined, 5 .toFixed()]"##;

    long_lists: r##"report = [firstMeasurement, secondMeasurement, thirdMeasurement, fourthMeasurement, fifthMeasurement,]
settings = {alpha: firstMeasurement, beta: secondMeasurement, gamma: thirdMeasurement, ...others, delta}"##;

    objects_keep_their_lines: r##"a = {
  b: 1, c: 2}
d = {e: 1,
  f: 2}
{g: [1,
 2]}
{
}"##;

    blocks_keep_their_lines: r##"if (a) { b }
if (c) {
 d }
if (e) { f } else {
 g }
function h() { i; j }
k = x => { return x }
function l() {
}"##;

    calls_break_at_their_arguments: r##"result = compute(firstMeasurement + secondMeasurement, thirdMeasurement, fourthMeasurement, last: 5)
result = compute(alone(firstMeasurement, secondMeasurement, thirdMeasurement, fourthMeasurement, fifth))"##;

    last_arguments_are_hugged: r##"items.forEach((item, index) => { total = total + item.price
 count++ })
send("report", {
  to: "desk", text: body })
setTimer(x => { a
 b }, 100)"##;

    rows_of_calls: r##"names = people.filter(person => person.age > 18 && person.active).map(person => person.name).toSorted().join(", ")
n = xs.filter(x => x).map(x => { a
 b })
first.second.third(1).fourth[0].fifth"##;

    long_operations: r##"allowed = request.user.isAdministrator && request.path.startsWith("/admin") || request.token == expectedToken && !expired
answer = letter |> classify(_, ["complaint", "question", "praise"]) |> route(_, desks) |> confirm(_, customer)
if (request.user.isAdministrator && request.path.startsWith("/admin") && request.token == expected) { a }"##;

    conditionals: r##"a = b?c:d
status = agreement == 1 ? "everybody agrees about this" : agreement >= 0.5 ? "most of them agree" : "disputed by all"
choice = agreement.confidence >= threshold.lowest ~? describe(agreement, "at length") : askSomebodyElse(agreement)"##;

    confidences: r##"a=b~>0.9
fact = measured.first * 2 + measured.second * 3 + measured.third * 5 + measured.fourth * 8 ~> reliability
best = a~||>b
last = best ~?> [0.7,null]
let [a,b]~>0.8=xs
{x~>0.9=d, y}=o"##;

    branches: r##"if(a){b}
else if c { d }
else{
 e}
if (a) b
else c
if (a)
 b
if (a) (b)
if (a) [c] = d
if (a); else b
y = if (a) {1} else {2}"##;

    loops: r##"for(let i=0;i<3;i++){a}
for(;;){b}
for i=0;i<n;i+=2 {
c}
for x,i in xs{d}
for (let {a,b} in xs) e
while(a)b
while a {b}
do{a}while(b)
for (k in m)
{ f }"##;

    levels: r##"uncertain if(x){high{a} medium{b}
 low {c}}
uncertain while (x) threshold(0.9,0.2){default{
d}}
uncertain for i=0;i<3;i++ { high {e} }"##;

    matching: r##"r = match v{1=>"one",-1=>"minus"
 [a,...b] if a>0=>{ c }
 -2 => d, {kind:"x",n}~>0.8=>x=>n, _=>e,}
match v { 1 => a, 2 => b, }
match v {
 1 => longName.withMembers.andMore(firstMeasurement, secondMeasurement, thirdMeasurement, more), _ => x }"##;

    errors: r##"try{a}catch(e){b}
try{a}catch{b}finally{c}
try {
 a } finally { d }
throw
 "x"
x = try {await t} catch ({message}) {message}"##;

    functions: r##"function f(a,b=1,...c){a}
async   fn g({a,b:[c]}):number{d}
fn h()~>0.8{e}
fn h2(a?: string): [number] ~ [0.5,1]~>0.8{e}
x=async(a)=>a
y=_=>1
z=function(){}
w = (firstParameter, secondParameter = defaultValue, thirdParameter = otherValue, ...others) => firstParameter"##;

    types: r##"let a:number|string=1
let b: array<task<string>>~[0,1] = c
let d: ~[0.5,1]
let e: {a:number,b?:"x"|"y"} = f
let g: (number,string)->(boolean|null) = h
let i: ((number) -> string) | null"##;

    modules: r##"import{a,b as c}from"./m"
import d,{e}from'./n'
import*as f from"std:list"
export let g=1
export{g as h,a,}
export*from"./o"
export * as p from "./p"
export default x=>x
export {firstLongName, secondLongName, thirdLongName as another, fourthLongName, fifthLongName} from "./q""##;

    agents: r##"agents{a:Agent{capability:"x"} b:Agent{capability:"y",model:"z"}}
parallel as timeout(10)min_results(2){a.b()}
x=parallel{a:f(),b:g()}
race as timeout(5){
ask(x)}until(answer~?>0.7)
sequential{a}
in context triage{a
b}"##;

    pattern_declarations: r##"pattern check v1.2.0{input{text:string required max_length(10)  options:{deep:boolean default(false)} optional, tags:[string]}
expects { n: number }

return text with warning "short"}"##;

    returns: r##"function f() { return
  1 }
function g() { return x with warning "w" }
function h() { return x with {a:1} }
function i() { return // why
 x }"##;

    comments: r##"/**
 * @name x
   * @version 1
 */

// first
a = 1 // behind


// alone
// two

b = [1, // one
  2 // two
  , /* three */ 3 /* after */,
  // last
]
function f(/* none */) { // opens
  // only
}
if (x) { /* empty */ } // else
else { // y
}
c = // value
  1
    + /* plus */ 2 // sum
// end"##;

    comments_in_blocks_are_aligned: r##"function f() {
      /*
         * one
         * two
         */
      a
      /* as
  it is */
}"##;

    comments_in_rows_and_operations: r##"x = a // first
  // second
  && b
  /* third */ && c
y = list
  // keep
  .filter(f) // filtered
  .map(g)
z = match v {
  // one
  1 => a // is one
  2 => b, // is two
  // rest
}"##;

    wide_characters_count_once: r##"message = say("ääääääääääääääääääääääää", "日本語日本語日本語日本語", "😀😀😀😀😀😀😀😀😀😀😀😀😀", "xxx")"##;
}
